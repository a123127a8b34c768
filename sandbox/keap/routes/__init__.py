"""The URLs: the API's under /rest/v2, the sandbox's own under /_sandbox."""
