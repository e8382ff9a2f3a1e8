"""Both products as their users run them: `counterpart up` in child processes, driven from outside."""
