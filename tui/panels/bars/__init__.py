"""Header and footer: how the run stands, and the keys that matter now."""
