"""What stands between the kernels' indexes and a ranking: ordinals, filters, fusion, diversity."""
