"""Clock, storage, keys, fault switches and call log of the simulator."""
