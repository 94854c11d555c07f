"""Jobs: pictures and recordings that are taken now and worked off later, also after a restart."""
