"""Mystery calls at a caller's telephone: own tasks, the form of a call, the recording; and giving a task."""
