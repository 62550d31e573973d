/* LD_PRELOAD library (a test program can also be linked with it): makes the k-th writing call on files below a folder fail. Counts write, pwrite, fsync, fdatasync, ftruncate and
   rename on regular files and folders; everything else passes. Read at each call, so that a test can also set it for a child only:
     FANTASCOPE_FAULT_UNDER  folder; calls on files elsewhere are not counted
     FANTASCOPE_FAULT_AT     number of the call that fails, from 1; 0 or absent: none
     FANTASCOPE_FAULT_KIND   ENOSPC, EIO, or SHORT (a write stores half; other calls pass), EINTR
     FANTASCOPE_FAULT_STICKY 1: all later calls fail too
     FANTASCOPE_FAULT_WIDE   1: also counts writev, link, mkdir, and open where it may make a file
     FANTASCOPE_FAULT_MARK   file made when the fault happened */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int calls;

static int below(const char* path) {
  const char* root = getenv("FANTASCOPE_FAULT_UNDER");
  return root != NULL && strncmp(path, root, strlen(root)) == 0;
}

static int fd_below(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return below(path);
}

/* 0: go on; 1: fail with errno set; 2: short write */
static int fault(int counted) {
  const char* at = getenv("FANTASCOPE_FAULT_AT");
  if (!counted || at == NULL || atoi(at) <= 0) return 0;
  const int number = atomic_fetch_add(&calls, 1) + 1;
  const char* sticky = getenv("FANTASCOPE_FAULT_STICKY");
  if (number != atoi(at) && !(number > atoi(at) && sticky != NULL && *sticky == '1')) return 0;
  const char* mark = getenv("FANTASCOPE_FAULT_MARK");
  if (mark != NULL) {
    const long fd = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT, 0600);
    if (fd >= 0) syscall(SYS_close, fd);
  }
  const char* kind = getenv("FANTASCOPE_FAULT_KIND");
  if (kind != NULL && strcmp(kind, "SHORT") == 0) return 2;
  errno = kind != NULL && strcmp(kind, "EIO") == 0 ? EIO : kind != NULL && strcmp(kind, "EINTR") == 0 ? EINTR : ENOSPC;
  return 1;
}

ssize_t write(int fd, const void* data, size_t size) {
  switch (fault(fd_below(fd))) {
    case 1:
      return -1;
    case 2:
      return syscall(SYS_write, fd, data, (size + 1) / 2);
    default:
      return syscall(SYS_write, fd, data, size);
  }
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  switch (fault(fd_below(fd))) {
    case 1:
      return -1;
    case 2:
      return syscall(SYS_pwrite64, fd, data, (size + 1) / 2, offset);
    default:
      return syscall(SYS_pwrite64, fd, data, size, offset);
  }
}
ssize_t pwrite64(int fd, const void* data, size_t size, off_t offset) { return pwrite(fd, data, size, offset); }
int fsync(int fd) { return fault(fd_below(fd)) == 1 ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return fault(fd_below(fd)) == 1 ? -1 : (int)syscall(SYS_fdatasync, fd); }
int ftruncate(int fd, off_t size) { return fault(fd_below(fd)) == 1 ? -1 : (int)syscall(SYS_ftruncate, fd, size); }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
int rename(const char* from, const char* to) {
  return fault(below(to)) == 1 ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat2(int from_dir, const char* from, int to_dir, const char* to, unsigned flags) {
  return fault(below(to)) == 1 ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

static int wide(void) {
  const char* value = getenv("FANTASCOPE_FAULT_WIDE");
  return value != NULL && *value == '1';
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  return fault(wide() && fd_below(fd)) == 1 ? -1 : (ssize_t)syscall(SYS_writev, fd, parts, count);
}
int link(const char* from, const char* to) {
  return fault(wide() && below(to)) == 1 ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int mkdir(const char* path, mode_t mode) {
  struct stat info;
  if (stat(path, &info) == 0) return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode); /* nothing to write */
  return fault(wide() && below(path)) == 1 ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
    va_list more;
    va_start(more, flags);
    mode = (mode_t)va_arg(more, int);
    va_end(more);
  }
  if (fault((flags & O_CREAT) != 0 && wide() && below(path)) == 1) return -1;
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
    va_list more;
    va_start(more, flags);
    mode = (mode_t)va_arg(more, int);
    va_end(more);
  }
  return open(path, flags | O_LARGEFILE, mode);
}
