"""M2FP: the multi-person checkpoint of ModelScope, through this project's own network and executor."""
