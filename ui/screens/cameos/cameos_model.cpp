#include "ui/screens/cameos/cameos_model.h"  // moc needs a source beside the header
