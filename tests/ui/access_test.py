"""What a person without a mouse or without eyes meets: on every screen each control that Tab can reach has a name, Tab comes by all of them and back to the first, Shift+Tab goes the same way
backwards, and what has the focus is within the window. In English and German, over a home with takes, jobs and a storyboard."""
import json
import pathlib
import shutil
import tempfile
import time

import layout_test
import window

CONTROLS_MAX = 400


def walk(win, key):
    """The controls that the key comes by, from where it is until it is there again."""
    win.key(key)
    first = win.ask("focus")
    seen = [first]
    for _ in range(CONTROLS_MAX):
        win.key(key)
        now = win.ask("focus")
        if now.get("id") == first.get("id"):
            return seen
        seen.append(now)
        if len(seen) > len({item.get("id") for item in seen}):
            return seen  # goes round without the first
    return seen


def short(control):
    return f'{control.get("type", "").split("_QML")[0]} "{control.get("object") or control.get("name")}" at {control.get("rect")}'


def problems_of(win, where):
    wanted = win.ask("controls")["controls"]
    problems = [f"has no name: {short(control)}" for control in wanted if not control["name"].strip()]
    seen = walk(win, "Tab")
    ids = [control.get("id") for control in seen]
    # What has the focus may decide what else is there (the panel of a cell's take): only what stays is compared.
    stays = {control["id"] for control in win.ask("controls")["controls"]} & {control["id"] for control in wanted}
    if len(set(ids)) != len(ids):
        problems.append("Tab goes in a circle that leaves others out")
    problems += [f"Tab does not come to {short(control)}" for control in wanted if control["id"] in stays and control["id"] not in ids]
    problems += [f"has the focus and no name: {short(control)}" for control in seen if not control.get("name", "").strip()]
    back = [control.get("id") for control in walk(win, "shift+Tab")]
    stays &= {control["id"] for control in win.ask("controls")["controls"]}
    there = [item for item in ids if item in stays]
    back = [item for item in reversed(back) if item in stays]
    if set(back) != set(there):
        problems.append(f"Shift+Tab comes by {len(set(back))} of the controls that stay, Tab by {len(set(there))}")
    elif back[back.index(there[0]):] + back[:back.index(there[0])] != there:
        problems.append("Shift+Tab does not go the way of Tab backwards")
    print(f"{where}: {len(wanted)} controls, Tab came by {len(ids)}")
    return problems


def main(artefacts):
    found = []
    made, first, second, _ = layout_test.make_home()
    for name, environment in (("english", {}), ("german", {"FANTASCOPE_LANGUAGE": "de"})):
        place = pathlib.Path(tempfile.mkdtemp(prefix="fantascope-access-")) / "home"
        shutil.copytree(made, place)
        (place / "window.json").write_text(json.dumps({"form": {"prompt": "a red ball bounces"}, "width": 1280, "height": 800, "more_open": True}))
        screen = window.Screen(1280, 800)
        try:
            win = window.Window(screen, place, pathlib.Path(artefacts) / name, **environment)
            win.wait(lambda: win.ask("ready")["ready"])
            win.focus()
            for where, route in [(screen_name, screen_name) for screen_name in layout_test.SCREENS] + [
                    ("shot", f"shot/{layout_test.SHOT}?takes={first},{second}&view=side"), ("grid", f"shot/{layout_test.SHOT}?view=grid")]:
                win.route(route)
                time.sleep(1.5)
                found += [(name, where, problem) for problem in problems_of(win, where)]
                win.grab(where)
            # A box that is open keeps the keys to itself.
            win.route(f"shot/{layout_test.SHOT}?takes={first}&view=one")
            time.sleep(1.0)
            for key, where in (("e", "extend"), ("r", "remix")):
                win.ask("run shot." + where)
                time.sleep(1.0)
                found += [(name, where, problem) for problem in problems_of(win, where)]
                win.grab(where)
                win.key("Escape")
                time.sleep(0.4)
            win.quit()
        finally:
            screen.close()
    for problem in found:
        print("access:", *problem)
    return 1 if found else 0


if __name__ == "__main__":
    window.run(main, "access")
