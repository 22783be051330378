from . import sample

sample.register()
