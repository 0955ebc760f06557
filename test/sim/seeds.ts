/** Seeds that once failed, with what they showed. They stay; each is run again by the tests, and first of all by the mutation check. */
export const foundSeeds: readonly { readonly seed: number; readonly steps: number; readonly shows: string }[] = [
  {
    seed: 233,
    steps: 40,
    shows: 'a round that evicted a pod which was gone already was dropped with all that was left to do',
  },
  {
    seed: 119,
    steps: 40,
    shows: 'a blue-green rollback within the window, with a preview size and a timed promotion, never went on',
  },
  { seed: 70, steps: 40, shows: 'a weight counted as reached while stable lacked the available pods to get there' },
  {
    seed: 101,
    steps: 40,
    shows: 'paused by hand with a change of size pending, every round restarted the duration of the attempt',
  },
  { seed: 201, steps: 40, shows: 'pods about to go counted as available when intermediate revisions were drained' },
  {
    seed: 68,
    steps: 40,
    shows: 'a template and a size changed at once gave the canary all pods before its first step',
  },
  { seed: 203, steps: 40, shows: 'an engine started while it was still stopping never competed for the lease' },
  { seed: 367, steps: 40, shows: 'a Deployment lost its pods to a Rollout that had just lost some of its own' },
  {
    seed: 1444,
    steps: 40,
    shows: 'a pause by hand right after the cut-over took pods from the ReplicaSet that served everybody',
  },
  { seed: 1474, steps: 40, shows: 'an inconclusive analysis in the background skipped the pause it came before' },
  {
    seed: 463,
    steps: 40,
    shows: 'stable was emptied by a step of full weight before anybody knew what it was getting from its router',
  },
  {
    seed: 92,
    steps: 40,
    shows: 'a canary that was to stay up after its abort went on getting requests for ever',
  },
  { seed: 414, steps: 40, shows: 'a weight that had arrived counted as on its way again after every take-over' },
  {
    seed: 1458,
    steps: 40,
    shows: 'a template and a size changed at once left a canary at the pause of an inconclusive analysis for ever',
  },
  { seed: 228, steps: 40, shows: 'a Deployment was asked for a pod that was ready already' },
]
