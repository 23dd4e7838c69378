SELECT make_partitions()
