"""A real inference engine (llama.cpp) with a random model written on the spot: no download, no truth.

It shows what the simulator cannot: that a real server accepts our schemas, holds answers to them while it decodes,
counts tokens and keeps prefixes. All that it answers is garbage, so whatever of it is accepted is a defect.
"""
