#!/bin/sh
# sbatch docs/recipes/slurm.sh; when all tasks have ended: topple merge results --out results
#SBATCH --job-name=sweep
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --requeue
exec topple sweep topologies/starter.json --duration 20s --quiet \
	--vary /services/shop/threads=4:8:1 --vary /workloads/customers/arrival/rate=100:300:50 \
	--threads "$SLURM_CPUS_PER_TASK" --out results \
	--shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
