#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>
#include <vector>

namespace fantascope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Ended {
  pid_t pid = 0;
  int status = 0;
  std::string output;  ///< both streams
};

/// Runs a program with exactly this environment; `signal` is sent once it has said something.
Ended run(std::vector<std::string> words, std::vector<std::string> environment, int signal = 0) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& variable : environment) envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  Ended ended;
  ended.pid = ::fork();
  if (ended.pid == 0) {
    ::signal(SIGHUP, SIG_IGN);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  char bytes[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
    ended.output.append(bytes, static_cast<std::size_t>(count));
    if (signal != 0 && ended.output.find("arguments") != std::string::npos) ::kill(ended.pid, signal);
  }
  ::close(ends[0]);
  ::waitpid(ended.pid, &ended.status, 0);
  return ended;
}

TEST(WaitPolicy, ProcessArgumentsEnvironmentAndStatusStayTheSame) {
  const Ended ended = run({FANTASCOPE_PROBE, "7", "two words", "--flag=ä"}, {"KEPT=yes", "HOME=/"});
  EXPECT_THAT(ended.output, HasSubstr("pid " + std::to_string(ended.pid) + "\n"));
  EXPECT_THAT(ended.output, HasSubstr("name wait_policy_pro\n"));  // the kernel keeps 15 letters
  EXPECT_THAT(ended.output, HasSubstr("policy passive\n"));
  EXPECT_THAT(ended.output, HasSubstr("kept yes\n"));
  EXPECT_THAT(ended.output, HasSubstr("ignores_hangup 1\n"));
  EXPECT_THAT(ended.output, HasSubstr("arguments 3|7|two words|--flag=ä\n"));
  ASSERT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 7);
}

TEST(WaitPolicy, SignalsEndItAsBefore) {
  const Ended ended = run({FANTASCOPE_PROBE, "wait"}, {}, SIGINT);
  EXPECT_THAT(ended.output, HasSubstr("policy passive\n"));
  ASSERT_TRUE(WIFSIGNALED(ended.status));
  EXPECT_EQ(WTERMSIG(ended.status), SIGINT);
}

TEST(WaitPolicy, WhatTheUserSetStays) {
  EXPECT_THAT(run({FANTASCOPE_PROBE}, {"OMP_WAIT_POLICY=active"}).output, HasSubstr("policy active\n"));
  EXPECT_THAT(run({FANTASCOPE_PROBE}, {"OMP_WAIT_POLICY="}).output, HasSubstr("policy \n"));
  EXPECT_THAT(run({FANTASCOPE_PROBE}, {"GOMP_SPINCOUNT=100"}).output, HasSubstr("policy -\n"));
}

TEST(WaitPolicy, AnEndlessEnvironmentIsLeftAlone) {
  std::vector<std::string> many;
  for (int i = 0; i < 5000; ++i) many.push_back("V" + std::to_string(i) + "=1");
  const Ended ended = run({FANTASCOPE_PROBE, "3"}, many);
  EXPECT_THAT(ended.output, HasSubstr("policy -\n"));
  EXPECT_EQ(WEXITSTATUS(ended.status), 3);
}

// What counts is what libgomp itself read: it says so when it is loaded.
TEST(WaitPolicy, TheCommandLinesThreadsDoNotSpin) {
  const Ended usual = run({FANTASCOPE_PROGRAM, "--version"}, {"OMP_DISPLAY_ENV=TRUE"});
  EXPECT_THAT(usual.output, HasSubstr("OMP_WAIT_POLICY = 'PASSIVE'"));
  EXPECT_THAT(usual.output, Not(HasSubstr("OMP_WAIT_POLICY = 'ACTIVE'")));  // libgomp was loaded once
  EXPECT_EQ(WEXITSTATUS(usual.status), 0);
  const Ended chosen = run({FANTASCOPE_PROGRAM, "--version"}, {"OMP_DISPLAY_ENV=TRUE", "OMP_WAIT_POLICY=ACTIVE"});
  EXPECT_THAT(chosen.output, HasSubstr("OMP_WAIT_POLICY = 'ACTIVE'"));
  EXPECT_EQ(WEXITSTATUS(run({FANTASCOPE_PROGRAM, "no-such-command"}, {}).status), 2);
}

}  // namespace
}  // namespace fantascope
