"""Who must agree to an agreement, their signatures, and the proof afterwards."""
