"""Charts: what they show (`specifications`, made of `layers`) and how they are drawn (`rendering`, by `renderer`)."""
