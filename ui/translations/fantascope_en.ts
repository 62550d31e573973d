<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>CreateModel</name>
        <message numerus="yes">
            <source>%n frame(s)</source>
            <translation>
                <numerusform>%n frame</numerusform>
                <numerusform>%n frames</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>CreateScreen</name>
        <message numerus="yes">
            <source>%n character(s)</source>
            <translation>
                <numerusform>%n character</numerusform>
                <numerusform>%n characters</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n take(s)</source>
            <translation>
                <numerusform>%n take</numerusform>
                <numerusform>%n takes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n at once</source>
            <translation>
                <numerusform>%n at once</numerusform>
                <numerusform>%n at once</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>JobListModel</name>
        <message numerus="yes">
            <source>then %n more</source>
            <translation>
                <numerusform>then %n more</numerusform>
                <numerusform>then %n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n job(s) waiting</source>
            <translation>
                <numerusform>%n job waiting</numerusform>
                <numerusform>%n jobs waiting</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n need(s) you</source>
            <translation>
                <numerusform>%n needs you</numerusform>
                <numerusform>%n need you</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LibraryModel</name>
        <message numerus="yes">
            <source>%n take(s)</source>
            <translation>
                <numerusform>%n take</numerusform>
                <numerusform>%n takes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n selected</source>
            <translation>
                <numerusform>%n selected</numerusform>
                <numerusform>%n selected</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n not shown</source>
            <translation>
                <numerusform>%n not shown</numerusform>
                <numerusform>%n not shown</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The first %n are selected.</source>
            <translation>
                <numerusform>The first is selected.</numerusform>
                <numerusform>The first %n are selected.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n take(s) added to the storyboard</source>
            <translation>
                <numerusform>%n take added to the storyboard</numerusform>
                <numerusform>%n takes added to the storyboard</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n take(s) in “%1”</source>
            <translation>
                <numerusform>%n take in “%1”</numerusform>
                <numerusform>%n takes in “%1”</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ModelsModel</name>
        <message numerus="yes">
            <source>%1 is unlinked. Its files stay. %n waiting job(s) fail without it.</source>
            <translation>
                <numerusform>%1 is unlinked. Its files stay. %n waiting job fails without it.</numerusform>
                <numerusform>%1 is unlinked. Its files stay. %n waiting jobs fail without it.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n file(s) read, all as they should be</source>
            <translation>
                <numerusform>%n file read, all as they should be</numerusform>
                <numerusform>%n files read, all as they should be</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ProjectMenu</name>
        <message numerus="yes">
            <source>%1, %n take(s)</source>
            <translation>
                <numerusform>%1, %n take</numerusform>
                <numerusform>%1, %n takes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Projects</name>
        <message numerus="yes">
            <source>Took %n take(s) out of their project</source>
            <translation>
                <numerusform>Took %n take out of their project</numerusform>
                <numerusform>Took %n takes out of their project</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Moved %n take(s) to “%1”</source>
            <translation>
                <numerusform>Moved %n take to “%1”</numerusform>
                <numerusform>Moved %n takes to “%1”</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>QueueModel</name>
        <message numerus="yes">
            <source>%n job(s) added</source>
            <translation>
                <numerusform>%n job added</numerusform>
                <numerusform>%n jobs added</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Stars</name>
        <message numerus="yes">
            <source>%n star(s)</source>
            <translation>
                <numerusform>%n star</numerusform>
                <numerusform>%n stars</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StoryboardModel</name>
        <message numerus="yes">
            <source>%1 · %n shot(s)</source>
            <translation>
                <numerusform>%1 · %n shot</numerusform>
                <numerusform>%1 · %n shots</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StoryboardScreen</name>
        <message numerus="yes">
            <source>Generate %n missing</source>
            <translation>
                <numerusform>Generate %n missing</numerusform>
                <numerusform>Generate %n missing</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TakeActions</name>
        <message numerus="yes">
            <source>Kept %n take(s)</source>
            <translation>
                <numerusform>Kept %n take</numerusform>
                <numerusform>Kept %n takes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Dropped %n take(s)</source>
            <translation>
                <numerusform>Dropped %n take</numerusform>
                <numerusform>Dropped %n takes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Made %n take(s) a draft again</source>
            <translation>
                <numerusform>Made %n take a draft again</numerusform>
                <numerusform>Made %n takes a draft again</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n star(s)</source>
            <translation>
                <numerusform>%n star</numerusform>
                <numerusform>%n stars</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Exported %n clip(s) to %1</source>
            <translation>
                <numerusform>Exported %n clip to %1</numerusform>
                <numerusform>Exported %n clips to %1</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Wording</name>
        <message numerus="yes">
            <source>%n minute(s) ago</source>
            <translation>
                <numerusform>%n minute ago</numerusform>
                <numerusform>%n minutes ago</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ActionPrice</name>
        <message numerus="yes">
            <source>Made in %n stretch(es).</source>
            <translation>
                <numerusform>Made in %n stretch.</numerusform>
                <numerusform>Made in %n stretches.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Fits. Starts after %n job(s).</source>
            <translation>
                <numerusform>Fits. Starts after %n job.</numerusform>
                <numerusform>Fits. Starts after %n jobs.</numerusform>
            </translation>
        </message>
    </context>
</TS>
