"""The whole system under edits while its parts are killed, paused, cut off and hindered; in the end everything is proved from outside."""
