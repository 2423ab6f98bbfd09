"""Whether a household redeems a coupon of a campaign that it receives, learnt from the Complete Journey data."""
