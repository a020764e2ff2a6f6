"""Safety, pure: what a text can mean, which card answers it, the alarm that outlives a restart."""
