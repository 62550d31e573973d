<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>BottomLine</name>
        <message>
            <source>Close the notice</source>
            <translation>Meldung schließen</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>Speicher</translation>
        </message>
    </context>
    <context>
        <name>CameosScreen</name>
        <message>
            <source>Cameos</source>
            <translation>Cameos</translation>
        </message>
        <message>
            <source>Go to Create</source>
            <translation>Zu „Erstellen“</translation>
        </message>
    </context>
    <context>
        <name>CommandPalette</name>
        <message>
            <source>Type what you want to do</source>
            <translation>Schreib, was du tun willst</translation>
        </message>
        <message>
            <source>Commands</source>
            <translation>Befehle</translation>
        </message>
        <message>
            <source>No command has these letters.</source>
            <translation>Kein Befehl hat diese Buchstaben.</translation>
        </message>
    </context>
    <context>
        <name>CreateModel</name>
        <message>
            <source>Loading the engine</source>
            <translation>Die Engine wird geladen</translation>
        </message>
        <message>
            <source>Sketches are not in this build yet.</source>
            <translation>Skizzen gibt es in dieser Version noch nicht.</translation>
        </message>
        <message>
            <source>usual</source>
            <translation>üblich</translation>
        </message>
        <message>
            <source>wide</source>
            <translation>breit</translation>
        </message>
        <message>
            <source>square</source>
            <translation>Quadrat</translation>
        </message>
        <message>
            <source>tall</source>
            <translation>hoch</translation>
        </message>
        <message numerus="yes">
            <source>%n frame(s)</source>
            <translation>
                <numerusform>%n Bild</numerusform>
                <numerusform>%n Bilder</numerusform>
            </translation>
        </message>
        <message>
            <source>Generate ×%1</source>
            <translation>Erzeugen ×%1</translation>
        </message>
        <message>
            <source>Generate</source>
            <translation>Erzeugen</translation>
        </message>
        <message>
            <source>nearest allowed values</source>
            <translation>nächste mögliche Werte</translation>
        </message>
        <message>
            <source>add “%1”</source>
            <translation>„%1“ hinzufügen</translation>
        </message>
        <message>
            <source>new shot</source>
            <translation>neue Einstellung</translation>
        </message>
        <message>
            <source>the request of a take</source>
            <translation>Auftrag eines Takes</translation>
        </message>
        <message>
            <source>%1 cannot use a reference of this kind: PNG, JPEG or WebP pictures only</source>
            <translation>%1 kann so eine Vorlage nicht nutzen: nur Bilder als PNG, JPEG oder WebP</translation>
        </message>
        <message>
            <source>This job is no longer in the queue.</source>
            <translation>Dieser Auftrag ist nicht mehr in der Warteschlange.</translation>
        </message>
        <message>
            <source>the request of a job</source>
            <translation>Auftrag aus der Warteschlange</translation>
        </message>
        <message>
            <source>a frame as the start</source>
            <translation>ein Bild als Anfang</translation>
        </message>
        <message>
            <source>This take exists (take %1).</source>
            <translation>Diesen Take gibt es schon (Take %1).</translation>
        </message>
        <message>
            <source>This take exists in the library.</source>
            <translation>Diesen Take gibt es schon in der Bibliothek.</translation>
        </message>
    </context>
    <context>
        <name>CreateScreen</name>
        <message>
            <source>Prompt</source>
            <translation>Prompt</translation>
        </message>
        <message numerus="yes">
            <source>%n character(s)</source>
            <translation>
                <numerusform>%n Zeichen</numerusform>
                <numerusform>%n Zeichen</numerusform>
            </translation>
        </message>
        <message>
            <source>What should one see and hear? Subject, action, place, light, camera.</source>
            <translation>Was soll man sehen und hören? Motiv, Handlung, Ort, Licht, Kamera.</translation>
        </message>
        <message>
            <source>First frame</source>
            <translation>Erstes Bild</translation>
        </message>
        <message>
            <source>Last frame</source>
            <translation>Letztes Bild</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Length</source>
            <translation>Länge</translation>
        </message>
        <message>
            <source>Frames a second</source>
            <translation>Bilder je Sekunde</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>Seed</translation>
        </message>
        <message>
            <source>a new one each time</source>
            <translation>jedes Mal ein neuer</translation>
        </message>
        <message>
            <source>The seed stays: same words, same clip</source>
            <translation>Der Seed bleibt: gleiche Worte, gleicher Clip</translation>
        </message>
        <message>
            <source>A new seed each time</source>
            <translation>Jedes Mal ein neuer Seed</translation>
        </message>
        <message>
            <source>Draw a seed now</source>
            <translation>Jetzt einen Seed ziehen</translation>
        </message>
        <message>
            <source>More: takes, steps, guidance, negative</source>
            <translation>Mehr: Takes, Schritte, Guidance, Negativ</translation>
        </message>
        <message>
            <source>Takes</source>
            <translation>Takes</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>Schritte</translation>
        </message>
        <message>
            <source>Guidance</source>
            <translation>Guidance</translation>
        </message>
        <message>
            <source>Keep away from</source>
            <translation>Vermeiden</translation>
        </message>
        <message>
            <source>What should not be in it</source>
            <translation>Was nicht vorkommen soll</translation>
        </message>
        <message>
            <source>Make it</source>
            <translation>Los</translation>
        </message>
        <message>
            <source>Type a prompt first</source>
            <translation>Schreib zuerst einen Prompt</translation>
        </message>
        <message>
            <source>A new shot</source>
            <translation>Neue Einstellung</translation>
        </message>
        <message numerus="yes">
            <source>%n take(s)</source>
            <translation>
                <numerusform>%n Take</numerusform>
                <numerusform>%n Takes</numerusform>
            </translation>
        </message>
        <message>
            <source>New shot</source>
            <translation>Neue Einstellung</translation>
        </message>
        <message>
            <source>Start with an empty form</source>
            <translation>Mit leerem Formular beginnen</translation>
        </message>
        <message>
            <source>Compare takes</source>
            <translation>Takes vergleichen</translation>
        </message>
        <message>
            <source>Takes side by side</source>
            <translation>Takes nebeneinander</translation>
        </message>
        <message>
            <source>Your first clip is on its way. It is made on this computer; nothing is sent anywhere.</source>
            <translation>Dein erster Clip entsteht. Er wird auf diesem Rechner gemacht; nichts wird irgendwohin gesendet.</translation>
        </message>
        <message>
            <source>Your first clip. Change the words on the left and press Generate, or compare takes.</source>
            <translation>Dein erster Clip. Ändere links die Worte und drücke „Erzeugen“, oder vergleiche Takes.</translation>
        </message>
        <message>
            <source>Take %1</source>
            <translation>Take %1</translation>
        </message>
        <message>
            <source>seed %1</source>
            <translation>Seed %1</translation>
        </message>
        <message>
            <source>Finish</source>
            <translation>Ausführen</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Drop</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>Put its request into the form</source>
            <translation>Seinen Auftrag ins Formular holen</translation>
        </message>
        <message>
            <source>Takes of this shot appear here, newest first, with a live picture while they are made.</source>
            <translation>Takes dieser Einstellung erscheinen hier, neueste zuerst, mit Livebild, während sie entstehen.</translation>
        </message>
        <message>
            <source>Create</source>
            <translation>Erstellen</translation>
        </message>
        <message>
            <source>Generate</source>
            <translation>Erzeugen</translation>
        </message>
        <message>
            <source>Start a new shot</source>
            <translation>Neue Einstellung beginnen</translation>
        </message>
        <message>
            <source>Type the prompt</source>
            <translation>Prompt schreiben</translation>
        </message>
        <message>
            <source>Sketches</source>
            <translation>Skizzen</translation>
        </message>
        <message>
            <source>How many sketches one press makes</source>
            <translation>Wie viele Skizzen ein Druck macht</translation>
        </message>
        <message numerus="yes">
            <source>%n at once</source>
            <translation>
                <numerusform>%n auf einmal</numerusform>
                <numerusform>%n auf einmal</numerusform>
            </translation>
        </message>
        <message>
            <source>Sketch ×%1</source>
            <translation>Skizze ×%1</translation>
        </message>
        <message>
            <source>Cheap tries, each with its own seed; finish the one you like</source>
            <translation>Schnelle Versuche, jeder mit eigenem Seed; führe den besten aus</translation>
        </message>
        <message>
            <source>Grid</source>
            <translation>Raster</translation>
        </message>
        <message>
            <source>All takes of this shot side by side, to finish the sketch you like</source>
            <translation>Alle Takes dieser Einstellung nebeneinander, um die beste Skizze auszuführen</translation>
        </message>
        <message>
            <source>Make sketches</source>
            <translation>Skizzen machen</translation>
        </message>
    </context>
    <context>
        <name>DetailsPanel</name>
        <message>
            <source>Reproduce: %1</source>
            <translation>Nachmachen: %1</translation>
        </message>
        <message>
            <source>Measured</source>
            <translation>Gemessen</translation>
        </message>
        <message>
            <source>This take is being measured.</source>
            <translation>Dieser Take wird gerade gemessen.</translation>
        </message>
        <message>
            <source>Unusual. </source>
            <translation>Ungewöhnlich. </translation>
        </message>
        <message>
            <source>Recipe</source>
            <translation>Rezept</translation>
        </message>
        <message>
            <source>Copy recipe</source>
            <translation>Rezept kopieren</translation>
        </message>
        <message>
            <source>Reproduce</source>
            <translation>Nachmachen</translation>
        </message>
        <message>
            <source>Make it again and compare every byte before signing</source>
            <translation>Noch einmal machen und jedes Byte vor dem Signieren vergleichen</translation>
        </message>
        <message>
            <source>Lineage</source>
            <translation>Herkunft</translation>
        </message>
    </context>
    <context>
        <name>EstimateBox</name>
        <message>
            <source>Open Models</source>
            <translation>Modelle öffnen</translation>
        </message>
        <message>
            <source>Read the licence and accept it</source>
            <translation>Die Lizenz lesen und annehmen</translation>
        </message>
        <message>
            <source>Take the nearest possible</source>
            <translation>Nächstmögliches nehmen</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
        <message>
            <source>The take with these very words, seed and settings</source>
            <translation>Der Take mit genau diesen Worten, diesem Seed und diesen Einstellungen</translation>
        </message>
        <message>
            <source>Make again</source>
            <translation>Noch einmal machen</translation>
        </message>
        <message>
            <source>The same clip once more</source>
            <translation>Denselben Clip noch einmal</translation>
        </message>
    </context>
    <context>
        <name>FilterRow</name>
        <message>
            <source>Search the library</source>
            <translation>Bibliothek durchsuchen</translation>
        </message>
        <message>
            <source>Search words, tag:dusk, model:previz, stars:3</source>
            <translation>Suche: Worte, tag:dusk, model:previz, stars:3</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Alle</translation>
        </message>
        <message>
            <source>Kept</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Drafts</source>
            <translation>Entwürfe</translation>
        </message>
        <message>
            <source>Dropped</source>
            <translation>Verworfen</translation>
        </message>
        <message>
            <source>Stars</source>
            <translation>Sterne</translation>
        </message>
        <message>
            <source>Any stars</source>
            <translation>Alle Sterne</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>Reihenfolge</translation>
        </message>
        <message>
            <source>Newest first</source>
            <translation>Neueste zuerst</translation>
        </message>
        <message>
            <source>Oldest first</source>
            <translation>Älteste zuerst</translation>
        </message>
        <message>
            <source>Most stars</source>
            <translation>Meiste Sterne</translation>
        </message>
        <message>
            <source>Sound off most</source>
            <translation>Ton am meisten daneben</translation>
        </message>
        <message>
            <source>Most flicker</source>
            <translation>Flackert am meisten</translation>
        </message>
        <message>
            <source>Stillest first</source>
            <translation>Stillste zuerst</translation>
        </message>
        <message>
            <source>Colour drift</source>
            <translation>Farbdrift</translation>
        </message>
        <message>
            <source>Loudest first</source>
            <translation>Lauteste zuerst</translation>
        </message>
    </context>
    <context>
        <name>FlagWord</name>
        <message>
            <source>Kept</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Dropped</source>
            <translation>Verworfen</translation>
        </message>
        <message>
            <source>Draft</source>
            <translation>Entwurf</translation>
        </message>
    </context>
    <context>
        <name>History</name>
        <message>
            <source>What can be undone</source>
            <translation>Was rückgängig gemacht werden kann</translation>
        </message>
        <message>
            <source>Nothing was changed yet.</source>
            <translation>Noch wurde nichts geändert.</translation>
        </message>
        <message>
            <source>Undo the newest</source>
            <translation>Das Neueste zurücknehmen</translation>
        </message>
    </context>
    <context>
        <name>JobCard</name>
        <message>
            <source>waits for its turn</source>
            <translation>wartet, bis er dran ist</translation>
        </message>
        <message>
            <source>a picture comes with the first steps</source>
            <translation>ein Bild kommt mit den ersten Schritten</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
    </context>
    <context>
        <name>JobListModel</name>
        <message>
            <source>Waiting, goes on at step %1 of %2</source>
            <translation>Wartet, geht bei Schritt %1 von %2 weiter</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>Wartet</translation>
        </message>
        <message>
            <source>Paused at step %1 of %2</source>
            <translation>Pause bei Schritt %1 von %2</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>Pausiert</translation>
        </message>
        <message>
            <source>Stopped in: %1</source>
            <translation>Stehen geblieben in: %1</translation>
        </message>
        <message>
            <source>Stopped the program twice in: %1</source>
            <translation>Hat das Programm zweimal beendet in: %1</translation>
        </message>
        <message>
            <source>Stopping within a step</source>
            <translation>Hält nach diesem Schritt an</translation>
        </message>
        <message>
            <source>No step for %1 s (usually %2 s)</source>
            <translation>Kein Schritt seit %1 s (üblich: %2 s)</translation>
        </message>
        <message>
            <source>, step %1 of %2</source>
            <translation>, Schritt %1 von %2</translation>
        </message>
        <message>
            <source>at least %1 left</source>
            <translation>noch mindestens %1</translation>
        </message>
        <message>
            <source>%1 left</source>
            <translation>noch %1</translation>
        </message>
        <message>
            <source>pauses after this step</source>
            <translation>pausiert nach diesem Schritt</translation>
        </message>
        <message>
            <source>check</source>
            <translation>Prüfung</translation>
        </message>
        <message>
            <source>take</source>
            <translation>Take</translation>
        </message>
        <message>
            <source>%1 s a step</source>
            <translation>%1 s je Schritt</translation>
        </message>
        <message>
            <source>seed %1</source>
            <translation>Seed %1</translation>
        </message>
        <message>
            <source>%1 of memory</source>
            <translation>%1 Speicher</translation>
        </message>
        <message>
            <source>next</source>
            <translation>als Nächster</translation>
        </message>
        <message>
            <source>then</source>
            <translation>danach</translation>
        </message>
        <message>
            <source>“%1”: %2</source>
            <translation>„%1“: %2</translation>
        </message>
        <message numerus="yes">
            <source>then %n more</source>
            <translation>
                <numerusform>dann %n weiterer</numerusform>
                <numerusform>dann %n weitere</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n job(s) waiting</source>
            <translation>
                <numerusform>%n Auftrag wartet</numerusform>
                <numerusform>%n Aufträge warten</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n need(s) you</source>
            <translation>
                <numerusform>%n braucht dich</numerusform>
                <numerusform>%n brauchen dich</numerusform>
            </translation>
        </message>
        <message>
            <source>Nothing runs</source>
            <translation>Nichts läuft</translation>
        </message>
        <message>
            <source>Prompt</source>
            <translation>Prompt</translation>
        </message>
        <message>
            <source>Denoising</source>
            <translation>Entrauschen</translation>
        </message>
        <message>
            <source>Decoding</source>
            <translation>Dekodieren</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>Ton</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
    </context>
    <context>
        <name>KeyTable</name>
        <message>
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
    </context>
    <context>
        <name>LibraryModel</name>
        <message numerus="yes">
            <source>%n take(s)</source>
            <translation>
                <numerusform>%n Take</numerusform>
                <numerusform>%n Takes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n selected</source>
            <translation>
                <numerusform>%n ausgewählt</numerusform>
                <numerusform>%n ausgewählt</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n not shown</source>
            <translation>
                <numerusform>%n nicht gezeigt</numerusform>
                <numerusform>%n nicht gezeigt</numerusform>
            </translation>
        </message>
        <message>
            <source>No take has “%1”.</source>
            <translation>Kein Take hat „%1“.</translation>
        </message>
        <message>
            <source>No kept takes yet.</source>
            <translation>Noch keine behaltenen Takes.</translation>
        </message>
        <message>
            <source>Nothing was dropped.</source>
            <translation>Nichts wurde verworfen.</translation>
        </message>
        <message>
            <source>No takes yet. What you make in Create appears here.</source>
            <translation>Noch keine Takes. Was du unter „Erstellen“ machst, erscheint hier.</translation>
        </message>
        <message>
            <source>Clear the search</source>
            <translation>Suche leeren</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Alle zeigen</translation>
        </message>
        <message>
            <source>Go to Create</source>
            <translation>Zu „Erstellen“</translation>
        </message>
        <message numerus="yes">
            <source>The first %n are selected.</source>
            <translation>
                <numerusform>Der erste ist ausgewählt.</numerusform>
                <numerusform>Die ersten %n sind ausgewählt.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n take(s) added to the storyboard</source>
            <translation>
                <numerusform>%n Take ins Storyboard gelegt</numerusform>
                <numerusform>%n Takes ins Storyboard gelegt</numerusform>
            </translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
        <message numerus="yes">
            <source>%n take(s) in “%1”</source>
            <translation>
                <numerusform>%n Take in „%1“</numerusform>
                <numerusform>%n Takes in „%1“</numerusform>
            </translation>
        </message>
        <message>
            <source>No takes in “%1” yet. What you make in Create goes into it.</source>
            <translation>Noch keine Takes in „%1“. Was du in „Erstellen“ machst, kommt dort hinein.</translation>
        </message>
        <message>
            <source>Show all projects</source>
            <translation>Alle Projekte zeigen</translation>
        </message>
    </context>
    <context>
        <name>LibraryScreen</name>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Drop</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>To storyboard</source>
            <translation>Ins Storyboard</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Exportieren</translation>
        </message>
        <message>
            <source>Size of the pictures</source>
            <translation>Größe der Bilder</translation>
        </message>
        <message>
            <source>About the current take</source>
            <translation>Über den aktuellen Take</translation>
        </message>
        <message>
            <source>Takes</source>
            <translation>Takes</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Add to storyboard</source>
            <translation>Ins Storyboard</translation>
        </message>
        <message>
            <source>Use as first frame</source>
            <translation>Als erstes Bild nehmen</translation>
        </message>
        <message>
            <source>Export to a folder</source>
            <translation>In einen Ordner exportieren</translation>
        </message>
        <message>
            <source>Library</source>
            <translation>Bibliothek</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Open the current take</source>
            <translation>Den aktuellen Take öffnen</translation>
        </message>
        <message>
            <source>Keep what is selected</source>
            <translation>Auswahl behalten</translation>
        </message>
        <message>
            <source>Drop what is selected</source>
            <translation>Auswahl verwerfen</translation>
        </message>
        <message>
            <source>Make it undecided again</source>
            <translation>Wieder offen lassen</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>Alles auswählen</translation>
        </message>
        <message>
            <source>Export what is selected</source>
            <translation>Auswahl exportieren</translation>
        </message>
        <message>
            <source>Move to a project</source>
            <translation>In ein Projekt verschieben</translation>
        </message>
    </context>
    <context>
        <name>LineageModel</name>
        <message>
            <source>extended</source>
            <translation>verlängert</translation>
        </message>
        <message>
            <source>remixed</source>
            <translation>abgewandelt</translation>
        </message>
        <message>
            <source>finished</source>
            <translation>ausgeführt</translation>
        </message>
        <message>
            <source>gone</source>
            <translation>weg</translation>
        </message>
        <message>
            <source>sketch</source>
            <translation>Skizze</translation>
        </message>
        <message>
            <source>take</source>
            <translation>Take</translation>
        </message>
        <message>
            <source>no longer in the library</source>
            <translation>nicht mehr in der Bibliothek</translation>
        </message>
        <message>
            <source>retaken</source>
            <translation>teils neu</translation>
        </message>
    </context>
    <context>
        <name>LineageView</name>
        <message>
            <source>Lineage</source>
            <translation>Herkunft</translation>
        </message>
    </context>
    <context>
        <name>Measure</name>
        <message>
            <source>no impact to tell it by</source>
            <translation>kein Aufprall, an dem man es hört</translation>
        </message>
        <message>
            <source>fits</source>
            <translation>passt</translation>
        </message>
        <message>
            <source>fits, within %1 ms</source>
            <translation>passt auf %1 ms</translation>
        </message>
        <message>
            <source>late by %1 ms</source>
            <translation>%1 ms zu spät</translation>
        </message>
        <message>
            <source>early by %1 ms</source>
            <translation>%1 ms zu früh</translation>
        </message>
        <message>
            <source>silent</source>
            <translation>stumm</translation>
        </message>
        <message>
            <source>%1 dB, loudest %2 dB</source>
            <translation>%1 dB, höchstens %2 dB</translation>
        </message>
        <message>
            <source>at the limit</source>
            <translation>an der Grenze</translation>
        </message>
        <message>
            <source>hardly to be heard</source>
            <translation>kaum zu hören</translation>
        </message>
        <message>
            <source>Sound against picture</source>
            <translation>Ton gegen Bild</translation>
        </message>
        <message>
            <source>Brightness</source>
            <translation>Helligkeit</translation>
        </message>
        <message>
            <source>flickers by %1 of 255</source>
            <translation>flackert um %1 von 255</translation>
        </message>
        <message>
            <source>steady, %1 of 255</source>
            <translation>ruhig, %1 von 255</translation>
        </message>
        <message>
            <source>Motion</source>
            <translation>Bewegung</translation>
        </message>
        <message>
            <source>never stands still</source>
            <translation>steht nie still</translation>
        </message>
        <message>
            <source>stands still for %1 of %2 frames</source>
            <translation>steht %1 von %2 Bildern still</translation>
        </message>
        <message>
            <source>Black frames</source>
            <translation>Schwarze Bilder</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keine</translation>
        </message>
        <message>
            <source>Colour, first to last</source>
            <translation>Farbe, Anfang bis Ende</translation>
        </message>
        <message>
            <source>drifts by %1 of 255</source>
            <translation>driftet um %1 von 255</translation>
        </message>
        <message>
            <source>holds, %1 of 255</source>
            <translation>hält, %1 von 255</translation>
        </message>
        <message>
            <source>Loudness</source>
            <translation>Lautstärke</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Measured: sound fits the picture, nothing unusual</source>
            <translation>Gemessen: Ton passt zum Bild, nichts Ungewöhnliches</translation>
        </message>
        <message>
            <source>Measured: nothing unusual</source>
            <translation>Gemessen: nichts Ungewöhnliches</translation>
        </message>
    </context>
    <context>
        <name>ModelsModel</name>
        <message>
            <source>Licence: %1. Free to use, nothing to accept.</source>
            <translation>Lizenz: %1. Frei nutzbar, nichts anzunehmen.</translation>
        </message>
        <message>
            <source>Its licence cannot be shown, so it cannot be used: %1</source>
            <translation>Seine Lizenz lässt sich nicht zeigen, also lässt es sich nicht nutzen: %1</translation>
        </message>
        <message>
            <source>Its files state no licence: find out from whoever made it what is allowed.</source>
            <translation>Seine Dateien nennen keine Lizenz: Frage bei denen nach, die es gemacht haben, was erlaubt ist.</translation>
        </message>
        <message>
            <source>Its files name %1, but a licence file holds other text.</source>
            <translation>Seine Dateien nennen %1, aber in einer Lizenzdatei steht ein anderer Text.</translation>
        </message>
        <message>
            <source>Licence: %1.</source>
            <translation>Lizenz: %1.</translation>
        </message>
        <message>
            <source>To be accepted before the first use.</source>
            <translation>Vor der ersten Nutzung anzunehmen.</translation>
        </message>
        <message>
            <source>Accepted on %1.</source>
            <translation>Angenommen am %1.</translation>
        </message>
        <message>
            <source>Linked: %1. Nothing was copied. Its licence is to be accepted before the first use.</source>
            <translation>Verknüpft: %1. Nichts wurde kopiert. Vor der ersten Nutzung ist seine Lizenz anzunehmen.</translation>
        </message>
        <message numerus="yes">
            <source>%1 is unlinked. Its files stay. %n waiting job(s) fail without it.</source>
            <translation>
                <numerusform>%1 ist getrennt. Seine Dateien bleiben. Ein wartender Auftrag scheitert ohne es.</numerusform>
                <numerusform>%1 ist getrennt. Seine Dateien bleiben. %n wartende Aufträge scheitern ohne es.</numerusform>
            </translation>
        </message>
        <message>
            <source>%1 is unlinked. Its files stay.</source>
            <translation>%1 ist getrennt. Seine Dateien bleiben.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>unlink “%1”</source>
            <translation>„%1“ trennen</translation>
        </message>
        <message>
            <source>%1, line %2</source>
            <translation>%1, Zeile %2</translation>
        </message>
        <message>
            <source>No licence text lies in the model's folder.</source>
            <translation>Im Ordner des Modells liegt kein Lizenztext.</translation>
        </message>
        <message>
            <source>No licence text lies in the model's folder. Its files say that it is at %1</source>
            <translation>Im Ordner des Modells liegt kein Lizenztext. Laut seinen Dateien steht er unter %1</translation>
        </message>
        <message>
            <source>The text goes on in %1 in the model's folder.</source>
            <translation>Der Text geht in %1 im Ordner des Modells weiter.</translation>
        </message>
        <message>
            <source>The licence of %1 is accepted.</source>
            <translation>Die Lizenz von %1 ist angenommen.</translation>
        </message>
        <message>
            <source>fits this machine: weights %1, memory %2</source>
            <translation>passt auf diesen Rechner: Gewichte %1, Speicher %2</translation>
        </message>
        <message>
            <source>does not fit: weights %1, memory %2</source>
            <translation>passt nicht: Gewichte %1, Speicher %2</translation>
        </message>
        <message>
            <source>usually %1, %2 frames at %3 fps, %4 steps</source>
            <translation>üblich: %1, %2 Bilder mit %3 fps, %4 Schritte</translation>
        </message>
        <message>
            <source>sides %1 to %2 in steps of %3 · up to %4 frames</source>
            <translation>Seiten %1 bis %2 in Schritten von %3 · bis %4 Bilder</translation>
        </message>
        <message>
            <source>comes with the program</source>
            <translation>kommt mit dem Programm</translation>
        </message>
        <message>
            <source>linked where it lies</source>
            <translation>verknüpft, wo es liegt</translation>
        </message>
        <message>
            <source>in the home folder</source>
            <translation>im eigenen Ordner</translation>
        </message>
        <message>
            <source>Linked: %1. Nothing was copied.</source>
            <translation>Verknüpft: %1. Nichts wurde kopiert.</translation>
        </message>
        <message>
            <source>Reading every byte …</source>
            <translation>Jedes Byte wird gelesen …</translation>
        </message>
        <message numerus="yes">
            <source>%n file(s) read, all as they should be</source>
            <translation>
                <numerusform>%n Datei gelesen, wie sie sein soll</numerusform>
                <numerusform>%n Dateien gelesen, alle wie sie sein sollen</numerusform>
            </translation>
        </message>
        <message>
            <source>%1 is the usual model from the next start on.</source>
            <translation>%1 ist ab dem nächsten Start das übliche Modell.</translation>
        </message>
    </context>
    <context>
        <name>ModelsScreen</name>
        <message>
            <source>Unlink</source>
            <translation>Trennen</translation>
        </message>
        <message>
            <source>Files and takes stay; can be undone</source>
            <translation>Dateien und Takes bleiben; lässt sich rückgängig machen</translation>
        </message>
        <message>
            <source>Models stay where they lie; linking copies nothing and fetches nothing. A licence that asks for more than naming its makers is accepted once, before the first use.</source>
            <translation>Modelle bleiben, wo sie liegen; Verknüpfen kopiert nichts und lädt nichts herunter. Eine Lizenz, die mehr verlangt, als die Urheber zu nennen, wird einmal angenommen, vor der ersten Nutzung.</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Link a folder</source>
            <translation>Ordner verknüpfen</translation>
        </message>
        <message>
            <source>A model's folder (model_index.json, or one original checkpoint and its text_encoder); it stays where it is</source>
            <translation>Der Ordner eines Modells (model_index.json, oder eine Original-Datei und ihr text_encoder); er bleibt, wo er ist</translation>
        </message>
        <message>
            <source>This folder cannot be used as a model.</source>
            <translation>Dieser Ordner ist kein nutzbares Modell.</translation>
        </message>
    </context>
    <context>
        <name>MoveToProject</name>
        <message>
            <source>New project…</source>
            <translation>Neues Projekt …</translation>
        </message>
        <message>
            <source>No project</source>
            <translation>Kein Projekt</translation>
        </message>
        <message>
            <source>Move to a project</source>
            <translation>In ein Projekt verschieben</translation>
        </message>
        <message>
            <source>Projects</source>
            <translation>Projekte</translation>
        </message>
    </context>
    <context>
        <name>PictureZoom</name>
        <message>
            <source>Fit</source>
            <translation>Ganz</translation>
        </message>
        <message>
            <source>100 %</source>
            <translation>100 %</translation>
        </message>
        <message>
            <source>200 %</source>
            <translation>200 %</translation>
        </message>
        <message>
            <source>400 %</source>
            <translation>400 %</translation>
        </message>
    </context>
    <context>
        <name>PlayThrough</name>
        <message>
            <source>Shot %1 of %2</source>
            <translation>Einstellung %1 von %2</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
    </context>
    <context>
        <name>ProjectButton</name>
        <message>
            <source>All projects</source>
            <translation>Alle Projekte</translation>
        </message>
        <message>
            <source>All projects are shown. Switch to one</source>
            <translation>Alle Projekte werden gezeigt. Zu einem wechseln</translation>
        </message>
        <message>
            <source>Project %1 is open. Switch to another</source>
            <translation>Projekt %1 ist offen. Zu einem anderen wechseln</translation>
        </message>
    </context>
    <context>
        <name>ProjectMenu</name>
        <message>
            <source>All projects</source>
            <translation>Alle Projekte</translation>
        </message>
        <message>
            <source>New project…</source>
            <translation>Neues Projekt …</translation>
        </message>
        <message>
            <source>Rename this project…</source>
            <translation>Dieses Projekt umbenennen …</translation>
        </message>
        <message>
            <source>Remove this project; its takes stay</source>
            <translation>Dieses Projekt entfernen; seine Takes bleiben</translation>
        </message>
        <message>
            <source>Projects</source>
            <translation>Projekte</translation>
        </message>
        <message numerus="yes">
            <source>%1, %n take(s)</source>
            <translation>
                <numerusform>%1, %n Take</numerusform>
                <numerusform>%1, %n Takes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ProjectName</name>
        <message>
            <source>New project</source>
            <translation>Neues Projekt</translation>
        </message>
        <message>
            <source>Rename project</source>
            <translation>Projekt umbenennen</translation>
        </message>
        <message>
            <source>Name of the project</source>
            <translation>Name des Projekts</translation>
        </message>
        <message>
            <source>Name, for example Short film</source>
            <translation>Name, zum Beispiel Kurzfilm</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Create</source>
            <translation>Anlegen</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Umbenennen</translation>
        </message>
    </context>
    <context>
        <name>Projects</name>
        <message>
            <source>new project “%1”</source>
            <translation>neues Projekt „%1“</translation>
        </message>
        <message>
            <source>Project “%1” is open. What you make goes into it.</source>
            <translation>Projekt „%1“ ist offen. Was du machst, kommt hinein.</translation>
        </message>
        <message>
            <source>rename project “%1”</source>
            <translation>Projekt „%1“ umbenennen</translation>
        </message>
        <message>
            <source>remove project “%1”</source>
            <translation>Projekt „%1“ entfernen</translation>
        </message>
        <message>
            <source>Project “%1” is removed. Its takes stay in the library.</source>
            <translation>Projekt „%1“ ist entfernt. Seine Takes bleiben in der Bibliothek.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message numerus="yes">
            <source>Took %n take(s) out of their project</source>
            <translation>
                <numerusform>%n Take aus dem Projekt genommen</numerusform>
                <numerusform>%n Takes aus dem Projekt genommen</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Moved %n take(s) to “%1”</source>
            <translation>
                <numerusform>%n Take nach „%1“ verschoben</numerusform>
                <numerusform>%n Takes nach „%1“ verschoben</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PromptBuilder</name>
        <message>
            <source>Red ball</source>
            <translation>Roter Ball</translation>
        </message>
        <message>
            <source>Big blue cube</source>
            <translation>Großer blauer Würfel</translation>
        </message>
        <message>
            <source>Yellow person</source>
            <translation>Gelbe Person</translation>
        </message>
        <message>
            <source>Green cone</source>
            <translation>Grüner Kegel</translation>
        </message>
        <message>
            <source>Two things</source>
            <translation>Zwei Dinge</translation>
        </message>
        <message>
            <source>Bounces</source>
            <translation>Hüpft</translation>
        </message>
        <message>
            <source>Rolls to the left</source>
            <translation>Rollt nach links</translation>
        </message>
        <message>
            <source>Walks to the right</source>
            <translation>Geht nach rechts</translation>
        </message>
        <message>
            <source>Falls</source>
            <translation>Fällt</translation>
        </message>
        <message>
            <source>Spins</source>
            <translation>Dreht sich</translation>
        </message>
        <message>
            <source>Rises</source>
            <translation>Steigt auf</translation>
        </message>
        <message>
            <source>Stands still</source>
            <translation>Steht still</translation>
        </message>
        <message>
            <source>Checkered floor</source>
            <translation>Karierter Boden</translation>
        </message>
        <message>
            <source>Green meadow</source>
            <translation>Grüne Wiese</translation>
        </message>
        <message>
            <source>Sandy desert</source>
            <translation>Sandwüste</translation>
        </message>
        <message>
            <source>Grey studio</source>
            <translation>Graues Studio</translation>
        </message>
        <message>
            <source>By day</source>
            <translation>Bei Tag</translation>
        </message>
        <message>
            <source>At sunset</source>
            <translation>Bei Sonnenuntergang</translation>
        </message>
        <message>
            <source>At dusk</source>
            <translation>In der Dämmerung</translation>
        </message>
        <message>
            <source>At night</source>
            <translation>Bei Nacht</translation>
        </message>
        <message>
            <source>Static</source>
            <translation>Fest</translation>
        </message>
        <message>
            <source>Pan left</source>
            <translation>Schwenk links</translation>
        </message>
        <message>
            <source>Pan right</source>
            <translation>Schwenk rechts</translation>
        </message>
        <message>
            <source>Tilt up</source>
            <translation>Neigen nach oben</translation>
        </message>
        <message>
            <source>Tilt down</source>
            <translation>Neigen nach unten</translation>
        </message>
        <message>
            <source>Dolly in (closer)</source>
            <translation>Heranfahren</translation>
        </message>
        <message>
            <source>Dolly out (away)</source>
            <translation>Wegfahren</translation>
        </message>
        <message>
            <source>Orbit left</source>
            <translation>Umkreisen links</translation>
        </message>
        <message>
            <source>Orbit right</source>
            <translation>Umkreisen rechts</translation>
        </message>
        <message>
            <source>Crane up</source>
            <translation>Kran nach oben</translation>
        </message>
        <message>
            <source>Rain</source>
            <translation>Regen</translation>
        </message>
        <message>
            <source>Snow</source>
            <translation>Schnee</translation>
        </message>
        <message>
            <source>Fog</source>
            <translation>Nebel</translation>
        </message>
        <message>
            <source>Clear sky</source>
            <translation>Klarer Himmel</translation>
        </message>
        <message>
            <source>Golden light</source>
            <translation>Goldenes Licht</translation>
        </message>
        <message>
            <source>35 mm lens</source>
            <translation>35-mm-Objektiv</translation>
        </message>
        <message>
            <source>85 mm lens</source>
            <translation>85-mm-Objektiv</translation>
        </message>
        <message>
            <source>Shallow focus</source>
            <translation>Geringe Schärfentiefe</translation>
        </message>
        <message>
            <source>Wide shot</source>
            <translation>Totale</translation>
        </message>
        <message>
            <source>Close-up</source>
            <translation>Nahaufnahme</translation>
        </message>
        <message>
            <source>Film grain</source>
            <translation>Filmkorn</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>Motiv</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>Handlung</translation>
        </message>
        <message>
            <source>Setting</source>
            <translation>Ort</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Kamera</translation>
        </message>
        <message>
            <source>Style</source>
            <translation>Stil</translation>
        </message>
        <message>
            <source>Tech</source>
            <translation>Technik</translation>
        </message>
    </context>
    <context>
        <name>QueueModel</name>
        <message>
            <source>Today: %1 done · %2 failed · %3 canceled</source>
            <translation>Heute: %1 fertig · %2 gescheitert · %3 abgebrochen</translation>
        </message>
        <message>
            <source>Held: nothing starts until you let it go on, also after a restart.</source>
            <translation>Angehalten: Nichts beginnt, bis du es weiterlaufen lässt, auch nach einem Neustart.</translation>
        </message>
        <message>
            <source>Jobs start between %1 and %2 only.</source>
            <translation>Aufträge beginnen nur zwischen %1 und %2.</translation>
        </message>
        <message>
            <source>The job is canceled.</source>
            <translation>Der Auftrag ist abgebrochen.</translation>
        </message>
        <message>
            <source>Queue again</source>
            <translation>Wieder einreihen</translation>
        </message>
        <message numerus="yes">
            <source>%n job(s) added</source>
            <translation>
                <numerusform>%n Auftrag hinzugefügt</numerusform>
                <numerusform>%n Aufträge hinzugefügt</numerusform>
            </translation>
        </message>
        <message>
            <source>The list of finished jobs is empty again; their takes are in the library.</source>
            <translation>Die Liste fertiger Aufträge ist leer; ihre Takes sind in der Bibliothek.</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal versuchen</translation>
        </message>
        <message>
            <source>Make it smaller</source>
            <translation>Kleiner machen</translation>
        </message>
        <message>
            <source>Open Models</source>
            <translation>Zu „Modelle“</translation>
        </message>
        <message>
            <source>Copy details</source>
            <translation>Details kopieren</translation>
        </message>
        <message>
            <source>The folder %1 needs %2. It goes on by itself when there is room.</source>
            <translation>Der Ordner %1 braucht %2. Es geht von selbst weiter, wenn Platz da ist.</translation>
        </message>
        <message>
            <source>Show what uses space</source>
            <translation>Zeigen, was Platz braucht</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>It ended the program twice in: %1. A smaller clip needs less memory there.</source>
            <translation>Er hat das Programm zweimal beendet, bei: %1. Ein kleinerer Clip braucht dort weniger Speicher.</translation>
        </message>
        <message>
            <source>Sampling is safe on disk; only “%1” is repeated. Close other programs, then try again.</source>
            <translation>Das Gerechnete liegt sicher auf der Platte; nur „%1“ wird wiederholt. Schließe andere Programme und versuch es noch einmal.</translation>
        </message>
        <message>
            <source>It does not fit in memory at this size.</source>
            <translation>In dieser Größe passt es nicht in den Speicher.</translation>
        </message>
        <message>
            <source>The model gave values that are not numbers. Full precision usually helps; it is slower.</source>
            <translation>Das Modell ergab Werte, die keine Zahlen sind. Volle Genauigkeit hilft meist; sie ist langsamer.</translation>
        </message>
        <message>
            <source>Again in full precision</source>
            <translation>Noch einmal, voll genau</translation>
        </message>
        <message>
            <source>Something it needs is not there any more, often the model's folder. Link it again, then try again.</source>
            <translation>Etwas, das er braucht, ist nicht mehr da, oft der Ordner des Modells. Verknüpfe ihn wieder und versuch es noch einmal.</translation>
        </message>
        <message>
            <source>A file that it needs is damaged. Models checks every file of a model.</source>
            <translation>Eine Datei, die er braucht, ist beschädigt. „Modelle“ prüft jede Datei eines Modells.</translation>
        </message>
        <message>
            <source>The system refused to read or write. Settings shows the folders and the space in them.</source>
            <translation>Das System ließ nicht lesen oder schreiben. Die Einstellungen zeigen die Ordner und den Platz darin.</translation>
        </message>
        <message>
            <source>Show the folders</source>
            <translation>Ordner zeigen</translation>
        </message>
        <message>
            <source>Something changed since the job was queued. As a new job it is made with what is there now.</source>
            <translation>Seit der Auftrag eingereiht wurde, hat sich etwas geändert. Als neuer Auftrag nimmt er, was jetzt da ist.</translation>
        </message>
        <message>
            <source>Queue as a new job</source>
            <translation>Als neuen Auftrag einreihen</translation>
        </message>
        <message>
            <source>What was sampled is kept; trying again repeats only what is missing.</source>
            <translation>Was gerechnet wurde, bleibt; ein neuer Versuch wiederholt nur, was fehlt.</translation>
        </message>
        <message>
            <source>the job's details</source>
            <translation>Details des Auftrags</translation>
        </message>
        <message>
            <source>Queued again in full precision.</source>
            <translation>Neu eingereiht, voll genau.</translation>
        </message>
    </context>
    <context>
        <name>QueueScreen</name>
        <message>
            <source>Queue</source>
            <translation>Aufträge</translation>
        </message>
        <message>
            <source>Let all go on</source>
            <translation>Alle weiter</translation>
        </message>
        <message>
            <source>Pause all</source>
            <translation>Alle anhalten</translation>
        </message>
        <message>
            <source>Start jobs again</source>
            <translation>Aufträge wieder beginnen</translation>
        </message>
        <message>
            <source>The running job pauses at its next step; nothing new starts</source>
            <translation>Der laufende Auftrag pausiert beim nächsten Schritt; nichts Neues beginnt</translation>
        </message>
        <message>
            <source>Add batch</source>
            <translation>Stapel hinzufügen</translation>
        </message>
        <message>
            <source>One prompt a line (.txt), or one row a clip (.csv)</source>
            <translation>Ein Prompt je Zeile (.txt) oder eine Zeile je Clip (.csv)</translation>
        </message>
        <message>
            <source>Only at night</source>
            <translation>Nur nachts</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>Speicher</translation>
        </message>
        <message>
            <source>Jobs</source>
            <translation>Aufträge</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Läuft</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Als Nächstes</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>Pausiert</translation>
        </message>
        <message>
            <source>Parked: needs a decision</source>
            <translation>Geparkt: braucht eine Entscheidung</translation>
        </message>
        <message>
            <source>Failed: needs a decision</source>
            <translation>Gescheitert: braucht eine Entscheidung</translation>
        </message>
        <message>
            <source>Nothing waits. Jobs you start appear here and survive a restart.</source>
            <translation>Nichts wartet. Aufträge erscheinen hier und überstehen einen Neustart.</translation>
        </message>
        <message>
            <source>Go to Create</source>
            <translation>Zu „Erstellen“</translation>
        </message>
        <message>
            <source>Show in library</source>
            <translation>In der Bibliothek zeigen</translation>
        </message>
        <message>
            <source>Clear list</source>
            <translation>Liste leeren</translation>
        </message>
        <message>
            <source>Forget finished jobs; their takes stay</source>
            <translation>Fertige Aufträge vergessen; ihre Takes bleiben</translation>
        </message>
        <message>
            <source>Prompts (*.txt *.csv)</source>
            <translation>Prompts (*.txt *.csv)</translation>
        </message>
        <message>
            <source>Hold or release the whole queue</source>
            <translation>Die ganze Schlange anhalten oder weiterlaufen lassen</translation>
        </message>
    </context>
    <context>
        <name>Rail</name>
        <message>
            <source>Screens</source>
            <translation>Bereiche</translation>
        </message>
    </context>
    <context>
        <name>Reference</name>
        <message>
            <source>Use it here</source>
            <translation>Hier nutzen</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keins</translation>
        </message>
        <message>
            <source>Choose a picture</source>
            <translation>Bild wählen</translation>
        </message>
        <message>
            <source>Take it away</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Pictures (*.png *.jpg *.jpeg *.webp)</source>
            <translation>Bilder (*.png *.jpg *.jpeg *.webp)</translation>
        </message>
    </context>
    <context>
        <name>RunningRow</name>
        <message>
            <source>a picture comes with the first steps</source>
            <translation>ein Bild kommt mit den ersten Schritten</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>At the next step; gives the memory back</source>
            <translation>Beim nächsten Schritt; gibt den Speicher zurück</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <source>Cancel this job</source>
            <translation>Diesen Auftrag abbrechen</translation>
        </message>
    </context>
    <context>
        <name>SettingsModel</name>
        <message>
            <source>Takes</source>
            <translation>Takes</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Signing keys</source>
            <translation>Signierschlüssel</translation>
        </message>
        <message>
            <source>%1 free on this disk</source>
            <translation>%1 frei auf dieser Platte</translation>
        </message>
        <message>
            <source>Fantascope %1</source>
            <translation>Fantascope %1</translation>
        </message>
        <message>
            <source>the path</source>
            <translation>der Pfad</translation>
        </message>
        <message>
            <source>Usual model</source>
            <translation>Übliches Modell</translation>
        </message>
        <message>
            <source>Where to run</source>
            <translation>Wo gerechnet wird</translation>
        </message>
        <message>
            <source>Number format of weights</source>
            <translation>Zahlenformat der Gewichte</translation>
        </message>
        <message>
            <source>Seconds between checkpoints</source>
            <translation>Sekunden zwischen Sicherungen</translation>
        </message>
        <message>
            <source>Disk space kept free, MB</source>
            <translation>Freizuhaltender Platz, MB</translation>
        </message>
        <message>
            <source>Prompt in the content credentials</source>
            <translation>Prompt in den Inhaltsnachweisen</translation>
        </message>
        <message>
            <source>Everything</source>
            <translation>Alles</translation>
        </message>
        <message>
            <source>Jobs at work</source>
            <translation>Laufende Aufträge</translation>
        </message>
        <message>
            <source>Exports</source>
            <translation>Exporte</translation>
        </message>
    </context>
    <context>
        <name>SettingsScreen</name>
        <message>
            <source>Search settings</source>
            <translation>Optionen durchsuchen</translation>
        </message>
        <message>
            <source>Looks</source>
            <translation>Aussehen</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>Fenster</translation>
        </message>
        <message>
            <source>Around pictures the ground is the same neutral in both</source>
            <translation>Um Bilder ist der Grund in beiden derselbe neutrale</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Wie das System</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>from the next start on</source>
            <translation>ab dem nächsten Start</translation>
        </message>
        <message>
            <source>Less motion</source>
            <translation>Weniger Bewegung</translation>
        </message>
        <message>
            <source>No movement when screens and panels change</source>
            <translation>Keine Bewegung beim Wechsel von Bereichen</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>Single-letter keys</source>
            <translation>Einzelne Buchstaben als Tasten</translation>
        </message>
        <message>
            <source>P, X, W and the like outside text fields</source>
            <translation>P, X, W und andere außerhalb von Textfeldern</translation>
        </message>
        <message>
            <source>Go on after a decision</source>
            <translation>Nach einer Entscheidung weitergehen</translation>
        </message>
        <message>
            <source>Keep and Drop move to the next undecided take</source>
            <translation>Behalten und Verwerfen gehen zum nächsten offenen Take</translation>
        </message>
        <message>
            <source>All keys</source>
            <translation>Alle Tasten</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
        <message>
            <source>Making clips</source>
            <translation>Clips erzeugen</translation>
        </message>
        <message>
            <source>Folders</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>Copy the path</source>
            <translation>Pfad kopieren</translation>
        </message>
        <message>
            <source>Another place: start the program with FANTASCOPE_HOME set to a folder.</source>
            <translation>Ein anderer Ort: Starte das Programm mit FANTASCOPE_HOME auf einen Ordner.</translation>
        </message>
        <message>
            <source>About</source>
            <translation>Über</translation>
        </message>
        <message>
            <source>This program makes no network connections of its own. Apache-2.0; Inter and JetBrains Mono under the Open Font License, Bootstrap Icons under MIT, Qt under LGPL.</source>
            <translation>Dieses Programm baut von sich aus keine Netzverbindungen auf. Apache-2.0; Inter und JetBrains Mono unter der Open Font License, Bootstrap Icons unter MIT, Qt unter LGPL.</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Optionen</translation>
        </message>
    </context>
    <context>
        <name>Shell</name>
        <message>
            <source>“%1” stopped.</source>
            <translation>„%1“ ist stehen geblieben.</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 von %2</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>Fenster</translation>
        </message>
        <message>
            <source>Go to %1</source>
            <translation>Zu: %1</translation>
        </message>
        <message>
            <source>Find a command</source>
            <translation>Befehl suchen</translation>
        </message>
        <message>
            <source>Show all keys</source>
            <translation>Alle Tasten zeigen</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>Wiederholen</translation>
        </message>
        <message>
            <source>Show what can be undone</source>
            <translation>Zeigen, was rückgängig geht</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Forward</source>
            <translation>Vor</translation>
        </message>
        <message>
            <source>Dark window</source>
            <translation>Dunkles Fenster</translation>
        </message>
        <message>
            <source>Light window</source>
            <translation>Helles Fenster</translation>
        </message>
        <message>
            <source>Dark or light as the system</source>
            <translation>Dunkel oder hell wie das System</translation>
        </message>
        <message>
            <source>Close the window; jobs go on at the next start</source>
            <translation>Fenster schließen; Aufträge gehen beim nächsten Start weiter</translation>
        </message>
        <message>
            <source>Undone: %1</source>
            <translation>Rückgängig: %1</translation>
        </message>
        <message>
            <source>The engine could not be loaded: %1</source>
            <translation>Die Engine konnte nicht geladen werden: %1</translation>
        </message>
        <message>
            <source>Loading the engine</source>
            <translation>Die Engine wird geladen</translation>
        </message>
        <message>
            <source>Switch to another project</source>
            <translation>Zu einem anderen Projekt wechseln</translation>
        </message>
        <message>
            <source>New project</source>
            <translation>Neues Projekt</translation>
        </message>
        <message>
            <source>Rename this project</source>
            <translation>Dieses Projekt umbenennen</translation>
        </message>
        <message>
            <source>Remove this project; its takes stay</source>
            <translation>Dieses Projekt entfernen; seine Takes bleiben</translation>
        </message>
        <message>
            <source>All projects</source>
            <translation>Alle Projekte</translation>
        </message>
        <message>
            <source>Project “%1”</source>
            <translation>Projekt „%1“</translation>
        </message>
        <message>
            <source>No project is open: all of them are shown.</source>
            <translation>Kein Projekt ist offen: alle werden gezeigt.</translation>
        </message>
    </context>
    <context>
        <name>ShotModel</name>
        <message>
            <source>This is not a length in seconds.</source>
            <translation>Das ist keine Länge in Sekunden.</translation>
        </message>
        <message>
            <source>Not in this build yet.</source>
            <translation>In dieser Version noch nicht.</translation>
        </message>
        <message>
            <source>take %1</source>
            <translation>Take %1</translation>
        </message>
        <message>
            <source>This shot has one take; make another to compare.</source>
            <translation>Diese Einstellung hat einen Take; mach noch einen zum Vergleichen.</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>Seed</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Length</source>
            <translation>Länge</translation>
        </message>
        <message>
            <source>%1 · %2 frames at %3 fps</source>
            <translation>%1 · %2 Bilder mit %3 fps</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>Schritte</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Made in</source>
            <translation>Gemacht in</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Hinweis</translation>
        </message>
        <message>
            <source>the recipe</source>
            <translation>das Rezept</translation>
        </message>
        <message>
            <source>Making it again to compare every byte …</source>
            <translation>Wird noch einmal gemacht, um jedes Byte zu vergleichen …</translation>
        </message>
        <message>
            <source>Made again: the same bytes before signing.</source>
            <translation>Noch einmal gemacht: dieselben Bytes vor dem Signieren.</translation>
        </message>
        <message>
            <source>Made again: not the same bytes. See the recipe for what differs.</source>
            <translation>Noch einmal gemacht: andere Bytes. Das Rezept zeigt, was anders ist.</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
        <message>
            <source>The sketch is being finished.</source>
            <translation>Die Skizze wird ausgeführt.</translation>
        </message>
        <message>
            <source>The take is being extended.</source>
            <translation>Der Take wird verlängert.</translation>
        </message>
        <message>
            <source>A remix is being made.</source>
            <translation>Ein Remix entsteht.</translation>
        </message>
        <message>
            <source>Frame %1 is the first frame of a new clip.</source>
            <translation>Bild %1 ist das erste Bild eines neuen Clips.</translation>
        </message>
        <message>
            <source>Not a sketch: it is finished.</source>
            <translation>Keine Skizze: Er ist fertig.</translation>
        </message>
        <message>
            <source>A sketch is finished before a part of it is retaken.</source>
            <translation>Eine Skizze wird erst zu Ende gemacht, bevor ein Teil davon neu entsteht.</translation>
        </message>
        <message>
            <source>Mark the part to retake first: I where it begins, O where it ends.</source>
            <translation>Markiere erst den Teil: I, wo er beginnt, O, wo er endet.</translation>
        </message>
        <message>
            <source>Frames %1 to %2 (%3 to %4 s) are made anew. Everything else stays as it is.</source>
            <translation>Die Bilder %1 bis %2 (%3 bis %4 s) werden neu gemacht. Alles andere bleibt, wie es ist.</translation>
        </message>
        <message>
            <source>The model makes frames in groups; this is the range in whole groups.</source>
            <translation>Das Modell macht Bilder in Gruppen; das ist der Bereich in ganzen Gruppen.</translation>
        </message>
        <message>
            <source>The range is being retaken.</source>
            <translation>Der Bereich wird neu gemacht.</translation>
        </message>
    </context>
    <context>
        <name>ShotRow</name>
        <message>
            <source>Shot %1: %2</source>
            <translation>Einstellung %1: %2</translation>
        </message>
        <message>
            <source>no take yet</source>
            <translation>noch kein Take</translation>
        </message>
        <message>
            <source>Words of shot %1</source>
            <translation>Worte von Einstellung %1</translation>
        </message>
        <message>
            <source>Length in seconds</source>
            <translation>Länge in Sekunden</translation>
        </message>
        <message>
            <source>take: %1</source>
            <translation>Take: %1</translation>
        </message>
        <message>
            <source>Generate</source>
            <translation>Erzeugen</translation>
        </message>
        <message>
            <source>Another take</source>
            <translation>Noch ein Take</translation>
        </message>
        <message>
            <source>Earlier</source>
            <translation>Früher</translation>
        </message>
        <message>
            <source>Later</source>
            <translation>Später</translation>
        </message>
        <message>
            <source>Take it out; its takes stay</source>
            <translation>Herausnehmen; seine Takes bleiben</translation>
        </message>
        <message>
            <source>First frame of shot %1</source>
            <translation>Erstes Bild von Einstellung %1</translation>
        </message>
        <message>
            <source>Free first frame</source>
            <translation>Erstes Bild frei</translation>
        </message>
        <message>
            <source>Last frame of shot %1</source>
            <translation>Letztes Bild von %1</translation>
        </message>
        <message>
            <source>Waits for shot %1</source>
            <translation>Wartet auf %1</translation>
        </message>
    </context>
    <context>
        <name>ShotScreen</name>
        <message>
            <source>Finish %1</source>
            <translation>Ausführen %1</translation>
        </message>
        <message>
            <source>Length</source>
            <translation>Länge</translation>
        </message>
        <message>
            <source>Length of the whole clip in seconds</source>
            <translation>Länge des ganzen Clips in Sekunden</translation>
        </message>
        <message>
            <source>s, the take included</source>
            <translation>s, mit dem Take</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Side by side</source>
            <translation>Nebeneinander</translation>
        </message>
        <message>
            <source>Wipe</source>
            <translation>Wischen</translation>
        </message>
        <message>
            <source>Difference</source>
            <translation>Differenz</translation>
        </message>
        <message>
            <source>One</source>
            <translation>Einer</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Exportieren</translation>
        </message>
        <message>
            <source>Copy the clip into the folder for exports</source>
            <translation>Den Clip in den Ordner für Exporte kopieren</translation>
        </message>
        <message>
            <source>|A − B| × 4 · mean difference %1 of 255</source>
            <translation>|A − B| × 4 · mittlere Differenz %1 von 255</translation>
        </message>
        <message>
            <source>Takes of this shot</source>
            <translation>Takes dieser Einstellung</translation>
        </message>
        <message>
            <source>t%1</source>
            <translation>T%1</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Drop</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>Edit the request</source>
            <translation>Auftrag ändern</translation>
        </message>
        <message>
            <source>Put words and settings of this take back into the form</source>
            <translation>Worte und Werte dieses Takes zurück ins Formular</translation>
        </message>
        <message>
            <source>Finish</source>
            <translation>Ausführen</translation>
        </message>
        <message>
            <source>Go on with this sketch to the end</source>
            <translation>Diese Skizze zu Ende führen</translation>
        </message>
        <message>
            <source>Extend</source>
            <translation>Verlängern</translation>
        </message>
        <message>
            <source>Go on after the last frame</source>
            <translation>Nach dem letzten Bild weitermachen</translation>
        </message>
        <message>
            <source>Remix</source>
            <translation>Remix</translation>
        </message>
        <message>
            <source>Other words, the same start</source>
            <translation>Andere Worte, derselbe Anfang</translation>
        </message>
        <message>
            <source>What happens next?</source>
            <translation>Was geschieht als Nächstes?</translation>
        </message>
        <message>
            <source>What should be different?</source>
            <translation>Was soll anders sein?</translation>
        </message>
        <message>
            <source>Prompt</source>
            <translation>Prompt</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Ändern</translation>
        </message>
        <message>
            <source>How much changes</source>
            <translation>Wie viel sich ändert</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>Jetzt nicht</translation>
        </message>
        <message>
            <source>Shot</source>
            <translation>Einstellung</translation>
        </message>
        <message>
            <source>Play or pause</source>
            <translation>Abspielen oder Pause</translation>
        </message>
        <message>
            <source>One frame back</source>
            <translation>Ein Bild zurück</translation>
        </message>
        <message>
            <source>One frame on</source>
            <translation>Ein Bild weiter</translation>
        </message>
        <message>
            <source>Ten frames back</source>
            <translation>Zehn Bilder zurück</translation>
        </message>
        <message>
            <source>Ten frames on</source>
            <translation>Zehn Bilder weiter</translation>
        </message>
        <message>
            <source>First frame</source>
            <translation>Erstes Bild</translation>
        </message>
        <message>
            <source>Last frame</source>
            <translation>Letztes Bild</translation>
        </message>
        <message>
            <source>Backwards, faster each time</source>
            <translation>Rückwärts, jedes Mal schneller</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <source>Forwards, faster each time</source>
            <translation>Vorwärts, jedes Mal schneller</translation>
        </message>
        <message>
            <source>Play from here</source>
            <translation>Ab hier spielen</translation>
        </message>
        <message>
            <source>Play up to here</source>
            <translation>Bis hier spielen</translation>
        </message>
        <message>
            <source>Wipe between two takes</source>
            <translation>Zwischen zwei Takes wischen</translation>
        </message>
        <message>
            <source>Difference of two takes</source>
            <translation>Differenz zweier Takes</translation>
        </message>
        <message>
            <source>One take</source>
            <translation>Ein Take</translation>
        </message>
        <message>
            <source>Hear the other take</source>
            <translation>Den anderen Take hören</translation>
        </message>
        <message>
            <source>Undecided</source>
            <translation>Offen</translation>
        </message>
        <message>
            <source>Next take</source>
            <translation>Nächster Take</translation>
        </message>
        <message>
            <source>Previous take</source>
            <translation>Voriger Take</translation>
        </message>
        <message>
            <source>Finish the sketch</source>
            <translation>Die Skizze ausführen</translation>
        </message>
        <message>
            <source>Copy the recipe</source>
            <translation>Das Rezept kopieren</translation>
        </message>
        <message>
            <source>Grid</source>
            <translation>Raster</translation>
        </message>
        <message>
            <source>All takes of this shot as equal cells</source>
            <translation>Alle Takes dieser Einstellung als gleiche Felder</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>Details</translation>
        </message>
        <message>
            <source>What was measured, the recipe, where it comes from</source>
            <translation>Was gemessen wurde, das Rezept, die Herkunft</translation>
        </message>
        <message>
            <source>Use frame</source>
            <translation>Bild nutzen</translation>
        </message>
        <message>
            <source>The frame that is shown becomes the first one of a new clip</source>
            <translation>Das gezeigte Bild wird das erste eines neuen Clips</translation>
        </message>
        <message>
            <source>All takes as a grid</source>
            <translation>Alle Takes als Raster</translation>
        </message>
        <message>
            <source>Use this frame as the first one of a new clip</source>
            <translation>Dieses Bild als erstes eines neuen Clips nehmen</translation>
        </message>
        <message>
            <source>Measures, recipe and lineage</source>
            <translation>Messwerte, Rezept und Herkunft</translation>
        </message>
        <message>
            <source>Clear in and out</source>
            <translation>In und Out löschen</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Vergrößern</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>Verkleinern</translation>
        </message>
        <message>
            <source>Zoom: as large as it fits</source>
            <translation>Zoom: so groß, wie es passt</translation>
        </message>
        <message>
            <source>Zoom: 100 %</source>
            <translation>Zoom: 100 %</translation>
        </message>
        <message>
            <source>Zoom: 200 %</source>
            <translation>Zoom: 200 %</translation>
        </message>
        <message>
            <source>Zoom: 400 %</source>
            <translation>Zoom: 400 %</translation>
        </message>
        <message>
            <source>Enlarged: move the view left</source>
            <translation>Vergrößert: Ausschnitt nach links</translation>
        </message>
        <message>
            <source>Enlarged: move the view right</source>
            <translation>Vergrößert: Ausschnitt nach rechts</translation>
        </message>
        <message>
            <source>Enlarged: move the view up</source>
            <translation>Vergrößert: Ausschnitt nach oben</translation>
        </message>
        <message>
            <source>Enlarged: move the view down</source>
            <translation>Vergrößert: Ausschnitt nach unten</translation>
        </message>
        <message>
            <source>Retake the range</source>
            <translation>Den Bereich neu machen</translation>
        </message>
        <message>
            <source>Retake range</source>
            <translation>Bereich neu</translation>
        </message>
        <message>
            <source>Retake</source>
            <translation>Neu machen</translation>
        </message>
        <message>
            <source>Make the part between in and out anew and keep the rest</source>
            <translation>Den Teil zwischen In und Out neu machen und den Rest behalten</translation>
        </message>
        <message>
            <source>What should happen there?</source>
            <translation>Was soll dort geschehen?</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>Ton</translation>
        </message>
        <message>
            <source>Keep all of the sound</source>
            <translation>Den ganzen Ton behalten</translation>
        </message>
        <message>
            <source>Zoom</source>
            <translation>Zoom</translation>
        </message>
        <message>
            <source>Zoom: %1</source>
            <translation>Zoom: %1</translation>
        </message>
        <message>
            <source>How large the pictures are: + and −, or Ctrl and the wheel. Drag to move a larger one.</source>
            <translation>Wie groß die Bilder sind: + und −, oder Strg und das Rad. Ein größeres verschiebt man durch Ziehen.</translation>
        </message>
    </context>
    <context>
        <name>SketchGrid</name>
        <message>
            <source>Sketch, %1 of %2 steps</source>
            <translation>Skizze, %1 von %2 Schritten</translation>
        </message>
        <message>
            <source>Finished from the sketch</source>
            <translation>Aus der Skizze ausgeführt</translation>
        </message>
        <message>
            <source>seed %1</source>
            <translation>Seed %1</translation>
        </message>
        <message>
            <source>Cell %1: %2</source>
            <translation>Feld %1: %2</translation>
        </message>
    </context>
    <context>
        <name>SketchGridView</name>
        <message>
            <source>Finish %1</source>
            <translation>Ausführen %1</translation>
        </message>
        <message>
            <source>Takes of this shot</source>
            <translation>Takes dieser Einstellung</translation>
        </message>
        <message>
            <source>Decoding</source>
            <translation>Wird dekodiert</translation>
        </message>
        <message>
            <source>Finish</source>
            <translation>Ausführen</translation>
        </message>
        <message>
            <source>Go on with this sketch to the end</source>
            <translation>Diese Skizze zu Ende rechnen</translation>
        </message>
        <message>
            <source>This shot has no takes yet.</source>
            <translation>Diese Einstellung hat noch keine Takes.</translation>
        </message>
    </context>
    <context>
        <name>Stars</name>
        <message numerus="yes">
            <source>%n star(s)</source>
            <translation>
                <numerusform>%n Stern</numerusform>
                <numerusform>%n Sterne</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StoryboardModel</name>
        <message>
            <source>text for all shots</source>
            <translation>Text für alle Einstellungen</translation>
        </message>
        <message>
            <source>add a shot</source>
            <translation>Einstellung hinzufügen</translation>
        </message>
        <message>
            <source>words of shot %1</source>
            <translation>Worte von Einstellung %1</translation>
        </message>
        <message>
            <source>length of shot %1</source>
            <translation>Länge von Einstellung %1</translation>
        </message>
        <message>
            <source>order of shots</source>
            <translation>Reihenfolge der Einstellungen</translation>
        </message>
        <message>
            <source>take shot %1 out</source>
            <translation>Einstellung %1 herausnehmen</translation>
        </message>
        <message>
            <source>Shot %1 is out of the storyboard; its takes stay in the library.</source>
            <translation>Einstellung %1 ist aus dem Storyboard; ihre Takes bleiben in der Bibliothek.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message numerus="yes">
            <source>%1 · %n shot(s)</source>
            <translation>
                <numerusform>%1 · %n Einstellung</numerusform>
                <numerusform>%1 · %n Einstellungen</numerusform>
            </translation>
        </message>
        <message>
            <source>first frame of shot %1</source>
            <translation>erstes Bild von Einstellung %1</translation>
        </message>
        <message>
            <source>Shot %1 is made when shot %2 has a take: its first frame is that one's last.</source>
            <translation>Einstellung %1 entsteht, wenn Einstellung %2 einen Take hat: Sie beginnt mit deren letztem Bild.</translation>
        </message>
    </context>
    <context>
        <name>StoryboardScreen</name>
        <message>
            <source>Storyboard</source>
            <translation>Storyboard</translation>
        </message>
        <message>
            <source>Play through</source>
            <translation>Durchspielen</translation>
        </message>
        <message numerus="yes">
            <source>Generate %n missing</source>
            <translation>
                <numerusform>%n fehlende erzeugen</numerusform>
                <numerusform>%n fehlende erzeugen</numerusform>
            </translation>
        </message>
        <message>
            <source>For all shots</source>
            <translation>Für alle</translation>
        </message>
        <message>
            <source>World and style of all shots</source>
            <translation>Welt und Stil aller Einstellungen</translation>
        </message>
        <message>
            <source>World and style, joined to every prompt: at dusk, thick fog</source>
            <translation>Welt und Stil, an jeden Prompt gehängt: at dusk, thick fog</translation>
        </message>
        <message>
            <source>Shots</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>No shots yet. Type the first one below, or add takes from the library.</source>
            <translation>Noch keine Einstellungen. Schreib unten die erste oder nimm Takes aus der Bibliothek.</translation>
        </message>
        <message>
            <source>Words of a new shot</source>
            <translation>Worte einer neuen Einstellung</translation>
        </message>
        <message>
            <source>Words of the next shot</source>
            <translation>Worte der nächsten Einstellung</translation>
        </message>
        <message>
            <source>Add shot</source>
            <translation>Hinzufügen</translation>
        </message>
    </context>
    <context>
        <name>TakeActions</name>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message numerus="yes">
            <source>Kept %n take(s)</source>
            <translation>
                <numerusform>%n Take behalten</numerusform>
                <numerusform>%n Takes behalten</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Dropped %n take(s)</source>
            <translation>
                <numerusform>%n Take verworfen</numerusform>
                <numerusform>%n Takes verworfen</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Made %n take(s) a draft again</source>
            <translation>
                <numerusform>%n Take wieder offen</numerusform>
                <numerusform>%n Takes wieder offen</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n star(s)</source>
            <translation>
                <numerusform>%n Stern</numerusform>
                <numerusform>%n Sterne</numerusform>
            </translation>
        </message>
        <message>
            <source>Stars taken away</source>
            <translation>Sterne entfernt</translation>
        </message>
        <message>
            <source>Tagged “%1”</source>
            <translation>Mit „%1“ markiert</translation>
        </message>
        <message>
            <source>Tag “%1” taken away</source>
            <translation>Marke „%1“ entfernt</translation>
        </message>
        <message numerus="yes">
            <source>Exported %n clip(s) to %1</source>
            <translation>
                <numerusform>%n Clip nach %1 exportiert</numerusform>
                <numerusform>%n Clips nach %1 exportiert</numerusform>
            </translation>
        </message>
        <message>
            <source>Copy path</source>
            <translation>Pfad kopieren</translation>
        </message>
        <message>
            <source>Copied: %1</source>
            <translation>Kopiert: %1</translation>
        </message>
    </context>
    <context>
        <name>TakeInfo</name>
        <message>
            <source>No take</source>
            <translation>Kein Take</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Length</source>
            <translation>Länge</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>Seed</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Gemacht</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Marken</translation>
        </message>
        <message>
            <source>Take this tag away</source>
            <translation>Diese Marke entfernen</translation>
        </message>
        <message>
            <source>Add a tag</source>
            <translation>Marke hinzufügen</translation>
        </message>
        <message>
            <source>Add this tag</source>
            <translation>Diese Marke hinzufügen</translation>
        </message>
        <message>
            <source>Project</source>
            <translation>Projekt</translation>
        </message>
    </context>
    <context>
        <name>TakeListModel</name>
        <message>
            <source>Sketch, %1 of %2 steps</source>
            <translation>Skizze, %1 von %2 Schritten</translation>
        </message>
        <message>
            <source>%1, %2, %3, %4 star(s)</source>
            <translation>%1, %2, %3, %4 Sterne</translation>
        </message>
        <message>
            <source>kept</source>
            <translation>behalten</translation>
        </message>
        <message>
            <source>dropped</source>
            <translation>verworfen</translation>
        </message>
        <message>
            <source>draft</source>
            <translation>Entwurf</translation>
        </message>
    </context>
    <context>
        <name>TakeView</name>
        <message>
            <source>Decoding</source>
            <translation>Dekodieren</translation>
        </message>
        <message>
            <source>ends at %1</source>
            <translation>endet bei %1</translation>
        </message>
    </context>
    <context>
        <name>Transport</name>
        <message>
            <source>First frame</source>
            <translation>Erstes Bild</translation>
        </message>
        <message>
            <source>One frame back</source>
            <translation>Ein Bild zurück</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>Abspielen</translation>
        </message>
        <message>
            <source>Space</source>
            <translation>Leertaste</translation>
        </message>
        <message>
            <source>One frame on</source>
            <translation>Ein Bild weiter</translation>
        </message>
        <message>
            <source>Last frame</source>
            <translation>Letztes Bild</translation>
        </message>
        <message>
            <source>Again and again</source>
            <translation>Immer wieder</translation>
        </message>
        <message>
            <source>frame %1 of %2</source>
            <translation>Bild %1 von %2</translation>
        </message>
        <message>
            <source>Place in the clip</source>
            <translation>Stelle im Clip</translation>
        </message>
        <message>
            <source>No sound device</source>
            <translation>Kein Tongerät</translation>
        </message>
        <message>
            <source>Sound on</source>
            <translation>Ton an</translation>
        </message>
        <message>
            <source>Mute</source>
            <translation>Stumm</translation>
        </message>
        <message>
            <source>In %1</source>
            <translation>In %1</translation>
        </message>
        <message>
            <source>Out %1</source>
            <translation>Out %1</translation>
        </message>
        <message>
            <source>Play from the frame that is shown</source>
            <translation>Ab dem gezeigten Bild abspielen</translation>
        </message>
        <message>
            <source>Play up to the frame that is shown</source>
            <translation>Bis zum gezeigten Bild abspielen</translation>
        </message>
        <message>
            <source>Clear in and out</source>
            <translation>In und Out löschen</translation>
        </message>
        <message>
            <source>No in or out point is set</source>
            <translation>Weder In noch Out ist gesetzt</translation>
        </message>
    </context>
    <context>
        <name>WaitingRow</name>
        <message>
            <source>Earlier</source>
            <translation>Früher</translation>
        </message>
        <message>
            <source>Later</source>
            <translation>Später</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Cancel this job</source>
            <translation>Diesen Auftrag abbrechen</translation>
        </message>
    </context>
    <context>
        <name>Wording</name>
        <message>
            <source>%1 s</source>
            <translation>%1 s</translation>
        </message>
        <message>
            <source>%1 h %2 min</source>
            <translation>%1 h %2 min</translation>
        </message>
        <message>
            <source>%1 min</source>
            <translation>%1 min</translation>
        </message>
        <message>
            <source>%1 min %2 s</source>
            <translation>%1 min %2 s</translation>
        </message>
        <message>
            <source>a few seconds</source>
            <translation>wenige Sekunden</translation>
        </message>
        <message>
            <source>about %1</source>
            <translation>etwa %1</translation>
        </message>
        <message>
            <source>%1 GB</source>
            <translation>%1 GB</translation>
        </message>
        <message>
            <source>%1 MB</source>
            <translation>%1 MB</translation>
        </message>
        <message>
            <source>%1 kB</source>
            <translation>%1 kB</translation>
        </message>
        <message>
            <source>Preparing</source>
            <translation>Vorbereiten</translation>
        </message>
        <message>
            <source>Reading the prompt</source>
            <translation>Prompt lesen</translation>
        </message>
        <message>
            <source>Denoising</source>
            <translation>Entrauschen</translation>
        </message>
        <message>
            <source>Decoding</source>
            <translation>Dekodieren</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>Ton</translation>
        </message>
        <message>
            <source>Writing the file</source>
            <translation>Datei schreiben</translation>
        </message>
        <message>
            <source>Signing</source>
            <translation>Signieren</translation>
        </message>
        <message>
            <source>Checking</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <source>Into the library</source>
            <translation>In die Bibliothek</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>Wartet</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Läuft</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>Pausiert</translation>
        </message>
        <message>
            <source>Stopping</source>
            <translation>Hält an</translation>
        </message>
        <message>
            <source>Canceled</source>
            <translation>Abgebrochen</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Gescheitert</translation>
        </message>
        <message>
            <source>Parked</source>
            <translation>Geparkt</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Fertig</translation>
        </message>
        <message>
            <source>just now</source>
            <translation>gerade eben</translation>
        </message>
        <message numerus="yes">
            <source>%n minute(s) ago</source>
            <translation>
                <numerusform>vor %n Minute</numerusform>
                <numerusform>vor %n Minuten</numerusform>
            </translation>
        </message>
        <message>
            <source>Found: %1</source>
            <translation>Gefunden: %1</translation>
        </message>
        <message>
            <source>possible: %1</source>
            <translation>möglich: %1</translation>
        </message>
    </context>
    <context>
        <name>fantascope::ui::CameosModel</name>
        <message>
            <source>There are no cameos. A likeness may only be used under a signed consent record that can be taken back, and this version cannot keep such records yet.</source>
            <translation>Es gibt keine Cameos. Das Abbild eines Menschen darf nur mit unterschriebener, widerrufbarer Einwilligung genutzt werden, und diese Version kann solche Einwilligungen noch nicht aufbewahren.</translation>
        </message>
    </context>
    <context>
        <name>fantascope::ui::ShotModel</name>
        <message>
            <source>Not a sketch: it is finished.</source>
            <translation>Keine Skizze: Er ist fertig.</translation>
        </message>
    </context>
    <context>
        <name>ModelCard</name>
        <message>
            <source>Accept the licence…</source>
            <translation>Lizenz annehmen…</translation>
        </message>
        <message>
            <source>Its terms once more, then yes or no</source>
            <translation>Ihre Bedingungen noch einmal, dann ja oder nein</translation>
        </message>
        <message>
            <source>Hide licence</source>
            <translation>Lizenz verbergen</translation>
        </message>
        <message>
            <source>Show licence</source>
            <translation>Lizenz zeigen</translation>
        </message>
        <message>
            <source>The whole text, here</source>
            <translation>Der ganze Text, hier</translation>
        </message>
        <message>
            <source>Check files</source>
            <translation>Dateien prüfen</translation>
        </message>
        <message>
            <source>Read every byte, compare hashes, load the weights</source>
            <translation>Jedes Byte lesen, Hashes vergleichen, Gewichte laden</translation>
        </message>
        <message>
            <source>Use from the next start</source>
            <translation>Ab dem nächsten Start nutzen</translation>
        </message>
        <message>
            <source>Unlink</source>
            <translation>Trennen</translation>
        </message>
        <message>
            <source>Files and takes stay; can be undone</source>
            <translation>Dateien und Takes bleiben; lässt sich rückgängig machen</translation>
        </message>
        <message>
            <source>Licence of %1</source>
            <translation>Lizenz von %1</translation>
        </message>
    </context>
    <context>
        <name>LicenceTerms</name>
        <message>
            <source>Know this first, in its own words:</source>
            <translation>Das vorab, in ihren eigenen Worten:</translation>
        </message>
        <message>
            <source>No sentence of it speaks of revenue, territories, competitors or non-commercial use. Read it all the same.</source>
            <translation>Kein Satz darin handelt von Umsatz, Ländern, Wettbewerbern oder nicht kommerzieller Nutzung. Lies sie trotzdem.</translation>
        </message>
    </context>
    <context>
        <name>AcceptLicence</name>
        <message>
            <source>Accept the licence of %1?</source>
            <translation>Die Lizenz von %1 annehmen?</translation>
        </message>
        <message>
            <source>You accept the text as it lies in the model's folder now. If it changes, you are asked again.</source>
            <translation>Du nimmst den Text an, wie er jetzt im Ordner des Modells liegt. Ändert er sich, wirst du wieder gefragt.</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>Jetzt nicht</translation>
        </message>
        <message>
            <source>I accept it</source>
            <translation>Ich nehme sie an</translation>
        </message>
    </context>
    <context>
        <name>ActionPrice</name>
        <message>
            <source>The licence of %1 is not accepted yet.</source>
            <translation>Die Lizenz von %1 ist noch nicht angenommen.</translation>
        </message>
        <message>
            <source>Nothing is made with a model before that. Models shows its terms.</source>
            <translation>Vorher wird mit einem Modell nichts gemacht. Unter Modelle stehen ihre Bedingungen.</translation>
        </message>
        <message>
            <source>A few seconds (%1 to %2), measured here</source>
            <translation>Wenige Sekunden (%1 bis %2), hier gemessen</translation>
        </message>
        <message>
            <source>About %1 (%2 to %3), measured here</source>
            <translation>Etwa %1 (%2 bis %3), hier gemessen</translation>
        </message>
        <message>
            <source>No runs like this here yet: the first one teaches the time.</source>
            <translation>Hier noch nie so gelaufen: Der erste Lauf zeigt die Dauer.</translation>
        </message>
        <message>
            <source>%1 of %2 steps are left.</source>
            <translation>%1 von %2 Schritten fehlen noch.</translation>
        </message>
        <message>
            <source>Runs %1 of %2 steps.</source>
            <translation>Rechnet %1 von %2 Schritten.</translation>
        </message>
        <message>
            <source>The clip becomes %1 long: %2 frames.</source>
            <translation>Der Clip wird %1 lang: %2 Bilder.</translation>
        </message>
        <message numerus="yes">
            <source>Made in %n stretch(es).</source>
            <translation>
                <numerusform>In %n Stück gemacht.</numerusform>
                <numerusform>In %n Stücken gemacht.</numerusform>
            </translation>
        </message>
        <message>
            <source>Memory %1 of %2 · disk %3</source>
            <translation>Speicher %1 von %2 · Platte %3</translation>
        </message>
        <message>
            <source>Does not fit in memory: needs %1, %2 free.</source>
            <translation>Passt nicht in den Speicher: braucht %1, frei sind %2.</translation>
        </message>
        <message>
            <source>Does not fit on the disk: needs %1 and what is kept free, %2 free.</source>
            <translation>Passt nicht auf die Platte: braucht %1 und was frei bleiben soll, frei sind %2.</translation>
        </message>
        <message>
            <source>Fits.</source>
            <translation>Passt.</translation>
        </message>
        <message>
            <source>Fits. Starts at once.</source>
            <translation>Passt. Beginnt sofort.</translation>
        </message>
        <message numerus="yes">
            <source>Fits. Starts after %n job(s).</source>
            <translation>
                <numerusform>Passt. Beginnt nach %n Auftrag.</numerusform>
                <numerusform>Passt. Beginnt nach %n Aufträgen.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PriceBox</name>
        <message>
            <source>Reckoning what it costs …</source>
            <translation>Wird berechnet …</translation>
        </message>
    </context>
</TS>
