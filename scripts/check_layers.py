#!/usr/bin/env python3
"""Reads every #include against the table of modules that CMake wrote (build/*/layers.json) and the rules of docs/architecture.md.

A file may include: its own module; the modules in its DEPENDS and USES and what those DEPEND on; third-party headers of its layer.
Never another module's internal/ folder, and never a family's name outside its folder in models/.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = ["kernels", "engine/base", "engine/ops", "engine/nn", "engine/weights", "engine/text", "engine/diffusion", "engine/runtime",
          "models", "training", "app/files", "app/library", "app/settings", "app/media", "app/provenance", "app/jobs", "app/operations",
          "app/cli", "app/main", "ui"]
# Which third-party headers a layer may include beyond the standard library, nlohmann/json. First matching prefix wins.
THIRD_PARTY = {
    "torch": (r"^(ATen|c10|torch|caffe2)/", ["engine/ops", "engine/nn", "engine/weights", "engine/text", "engine/diffusion", "engine/runtime", "models", "training"]),
    "ffmpeg": (r"^lib(av|sw)", ["app/media"]),
    "sqlite": (r"^sqlite3", ["app/library"]),
    "openssl": (r"^openssl/", ["app/provenance", "app/files"]),
    "images": (r"^(webp/|png\.h|jpeglib|jerror)", ["app/media"]),
    "qt": (r"^(Q[A-Z]|Qt)", ["ui", "app/main"]),
    "cuda": (r"^(cuda|cublas|cutlass|cute)", ["kernels", "engine/runtime"]),
    "yaml or boost": (r"^boost/", ["app/http"]),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def module_of(path, modules):
    """The longest module path that is a prefix of the file's folder."""
    best, best_folder = "", ""
    for module in modules:
        folder = "models" if module == "models/registry" else module
        if (path == folder or path.startswith(folder + "/")) and len(folder) > len(best_folder):
            best, best_folder = module, folder
    return best


def public_closure(module, rows):
    seen, stack = set(), [module]
    while stack:
        for dependency in rows.get(stack.pop(), {}).get("depends", []):
            if dependency not in seen:
                seen.add(dependency)
                stack.append(dependency)
    return seen


def load_tables():
    rows = {}
    for table in sorted(ROOT.glob("build/*/layers.json")):
        for row in json.loads(table.read_text()):
            rows[row["path"]] = row
    if not rows:
        sys.exit("check_layers: no build/*/layers.json; configure a preset first")
    return rows


def main():
    rows = load_tables()
    families = [p.name for p in (ROOT / "models").iterdir() if p.is_dir()]
    family_name = re.compile(r"\b(%s)\b" % "|".join(families), re.I) if families else None
    problems, files = [], 0
    for top in ("kernels", "engine", "models", "training", "app", "ui"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix not in (".h", ".cpp", ".cu", ".cuh"):
                continue
            files += 1
            name = file.relative_to(ROOT).as_posix()
            folder = name.rsplit("/", 1)[0]
            module = module_of(folder, rows)
            if folder == "app/main":  # the composition roots: the only files that may wire anything to anything
                continue
            if not module:
                problems.append(f"{name}: belongs to no module (fantascope_add_module is missing)")
                continue
            text = file.read_text()
            if family_name and not folder.startswith("models/"):
                code = re.sub(r"//.*", "", text)
                for match in family_name.finditer(code):
                    line = code.count("\n", 0, match.start()) + 1
                    problems.append(f"{name}:{line}: names the model family '{match.group(0)}'; only models/{match.group(0).lower()}/ may")
            row = rows[module]
            direct = set(row["depends"]) | set(row["uses"])
            allowed = {module} | direct
            for dependency in direct:
                allowed |= public_closure(dependency, rows)
            for kind, included in INCLUDE.findall(text):
                line = text.count("\n", 0, text.find(included)) + 1
                if kind == '"':
                    target_folder = included.rsplit("/", 1)[0] if "/" in included else ""
                    target = module_of(target_folder, rows)
                    if not target:
                        if not (ROOT / included).exists():
                            problems.append(f'{name}:{line}: "{included}" is not written from the repository root')
                        continue
                    if target not in allowed:
                        problems.append(f"{name}:{line}: {module} may not use {target} (not in its DEPENDS or USES)")
                    if "/internal" in target_folder and target != module:
                        problems.append(f"{name}:{line}: {included} is internal to {target}")
                else:
                    for what, (pattern, layers) in THIRD_PARTY.items():
                        if re.match(pattern, included) and not any(module == l or module.startswith(l + "/") for l in layers):
                            problems.append(f"{name}:{line}: {module} may not include {what} headers ({included})")
    order = {layer: i for i, layer in enumerate(LAYERS)}
    rank = lambda m: max((order[l] for l in LAYERS if m == l or m.startswith(l + "/")), default=-1)
    for module, row in rows.items():
        if module.startswith("tests/"):
            continue
        for other in row["depends"] + row["uses"]:
            if other in rows and rank(other) > rank(module):
                problems.append(f"{module} depends on {other}, which stands above it")
    for problem in problems:
        print(problem)
    print(f"check_layers: {files} files, {len(rows)} modules, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
