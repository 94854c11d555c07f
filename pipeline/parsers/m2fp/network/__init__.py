"""M2FP's network in plain PyTorch, written from the papers. Only the conversion of a checkpoint imports it."""
