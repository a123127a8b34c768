"""The fingerprints of all schemas that were ever committed: a line is added when a schema changes, none is ever taken away."""

COMMITTED = (
    "Change 9196f9e576f7bd50",
    "Change bbdf266b81d37eb3",
    "Command 945062abf37e04d0",
    "Command bdcd45f7c4fbad1b",
    "Control 8d6efaefbadd4c96",
    "Cursor e44b8cad3667fe7d",
    "Cursor e87b1d345fa6add4",
    "DeadLetter 1bceb6999e564f10",
    "Hint 68ef975596337768",
    "JournalEntry 7f3c059a3808705c",
    "Outcome 3f6f98b75f58c65d",
    "Outcome 818a0e034a318e4f",
    "ScanMark e896eef7c7ae4e8b",
    "Survey 0641f3d537271600",
    "Survey efa093508fc48bf3",
)
