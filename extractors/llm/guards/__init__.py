"""What stands between the extractor and the network: one small class each, the same single method."""
