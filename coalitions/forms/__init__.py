"""The coalition's forms. Choice lists come from the actor: nobody is offered what they may not choose."""
