import type { Mutation } from './mutation-table.ts'

const canary = 'main/engine/rollout/canary'

/** Of traffic routing. */
export const trafficMutations: readonly Mutation[] = [
  {
    name: 'the canary Service is switched to a ReplicaSet without pods',
    file: 'main/engine/rollout/services.ts',
    find: 'if (availableOf(rs) === 0 || (isAdoption && !isFull)) return []\n',
    replace: '',
  },
  {
    name: 'the weight leaves a canary without pods after the hashes moved',
    file: `${canary}/traffic.ts`,
    find: 'boolean => availableOf(currentRS) === 0',
    replace: 'boolean => availableOf(currentRS) < 0',
  },
  {
    name: 'ping or pong turns before the weight has left',
    file: `${canary}/services.ts`,
    find: '(availableOf(currentRS) > 0 || stableRS === undefined ? turn(release) : [])',
    replace: 'turn(release)',
  },
  {
    name: 'ping and pong hold the pods of the revision before',
    file: 'main/engine/rollout/replica-set/referenced.ts',
    find: 'isPingOrPong(spec, name) ? []',
    replace: "isPingOrPong(spec, '') ? []",
  },
  {
    name: 'a route object is written whatever became of it',
    file: 'main/engine/traffic/route-writes.ts',
    find: '...(resourceVersion !== undefined && { resourceVersion }) }',
    replace: "...(resourceVersion === '' && { resourceVersion }) }",
  },
  {
    name: 'the weights of SMI sum to something else',
    file: 'main/engine/traffic/smi.ts',
    find: '100 - ',
    replace: '99 - ',
  },
  {
    name: 'weights move without a look at stable',
    file: `${canary}/stable-capacity.ts`,
    find: 'availableOf(stableRS) >= need',
    replace: 'availableOf(stableRS) >= Math.min(need, 0)',
  },
  {
    name: 'the canary node lets its pods go with its weight',
    file: 'main/engine/traffic/app-mesh.ts',
    find: 'hasCanary || !hasWeight(rollout, canary, routes)',
    replace: 'hasCanary || !hasWeight(rollout, stable, { ...routes, objects: new Map() })',
  },
  {
    name: 'stable shrinks in the pass that gives it more requests',
    file: `${canary}/routed-replica-sets.ts`,
    find: 'Math.max(stored, Math.min(sizeOf(rs), routedSizes(release, weights).stable))',
    replace: 'stored',
  },
  {
    name: 'a change of size takes pods that have requests',
    file: `${canary}/routed-replica-sets.ts`,
    find: 'Math.max(routedSizes(release, weights).canary, Math.min(sizeOf(rs), carriedByCanary(release, weights)))',
    replace: 'Math.max(routedSizes(release, weights).canary, carriedByCanary(release, undefined))',
  },
  {
    name: 'the canary Service goes back on abort before stable can carry it',
    file: `${canary}/wanted-weight.ts`,
    find: '(weight === 0 && isStableUp(release, 0))',
    replace: '(weight === 0 && isStableUp(release, maxWeightOf(spec)))',
  },
  {
    name: 'stable shrinks before anybody knows what it gets',
    file: `${canary}/routed-split.ts`,
    find: 'weights?.stable.weight ?? maxWeightOf(spec)',
    replace: 'weights?.stable.weight ?? 0',
  },
  {
    name: 'a canary that stays up after an abort keeps requests',
    file: `${canary}/weight.ts`,
    find: 'const carried = isKeptAfterAbort(spec) ?',
    replace: 'const carried = hasExplicitAbortDelay(spec) ?',
  },
  {
    name: 'an aborted canary without pods gets the requests of the one before',
    file: `${canary}/wanted-weight.ts`,
    find: 'weight > 0 && availableOf(currentRS) === 0 && storedHash',
    replace: 'weight < 0 && availableOf(currentRS) === 0 && storedHash',
  },
  {
    name: 'traffic that could not be moved holds no pods',
    file: `${canary}/reconcile.ts`,
    find: 'mayShrink: mayShrink && isReady, ...held',
    replace: 'mayShrink: true, ...held',
  },
  {
    name: 'a weight that was not sent holds no pods',
    file: `${canary}/traffic.ts`,
    find: 'isSteered: false, mayShrink: isWeightSent }',
    replace: 'isSteered: false, mayShrink: true }',
  },
  {
    name: 'stable loses the pods of the weight that it still has',
    file: `${canary}/routed-split.ts`,
    find: 'Math.max(podsFor(maxWeightOf(spec) - weight), podsFor(weights?.stable.weight ?? maxWeightOf(spec)))',
    replace: 'podsFor(maxWeightOf(spec) - weight)',
  },
  {
    name: 'the canary Service stays where it is on abort',
    file: `${canary}/services.ts`,
    find: '...(returnsService ? pointAt',
    replace: '...(returnsService && release.replicas < 0 ? pointAt',
  },
  {
    name: 'the canary Service goes back on abort while it has requests',
    file: `${canary}/wanted-weight.ts`,
    find: 'const returnsService = !isDynamic(spec) || ',
    replace: 'const returnsService = !isDynamic(spec) || weight >= 0 || ',
  },
  {
    name: 'a weight counts as reached before it is sent',
    file: `${canary}/status.ts`,
    find: 'return traffic.isWeightSent && isAtSplit(release, traffic)',
    replace: 'return isAtSplit(release, traffic)',
  },
  {
    name: 'a weight that stable cannot carry counts as sent',
    file: `${canary}/traffic.ts`,
    find: '(weights?.canary.weight ?? 0) === weight &&',
    replace: '(weights?.canary.weight ?? 0) <= weight &&',
  },
  {
    name: 'a weight that the router cannot take yet counts as sent',
    file: `${canary}/traffic.ts`,
    find: 'isWeightSent: course.unfinished === undefined && !isDenied',
    replace: 'isWeightSent: !isDenied',
  },
  {
    name: 'a retreat to the weight of a step may raise it',
    file: `${canary}/wanted-weight.ts`,
    find: 'Math.min(wanted, present)',
    replace: 'wanted',
  },
  {
    name: 'a retreat to nothing may raise the weight',
    file: `${canary}/wanted-weight.ts`,
    find: 'Math.min(byStable, present)',
    replace: 'byStable',
  },
  {
    name: 'at a lower weight pods go before the requests',
    file: `${canary}/wanted-weight.ts`,
    find: 'canCarry ? Math.min(before, currentSetWeight(release)) : before',
    replace: 'canCarry ? before : before',
  },
  {
    name: 'a share of less than a pod is carried by none',
    file: `${canary}/stable-capacity.ts`,
    find: 'getsMore ? Math.max(1, carried) : carried',
    replace: 'getsMore ? carried : carried',
  },
  {
    name: 'a share of less than a pod gets no pod',
    file: `${canary}/routed-split.ts`,
    find: 'Math.ceil((share * replicas) / maxWeightOf(spec))',
    replace: 'Math.floor((share * replicas) / maxWeightOf(spec))',
  },
  {
    name: 'a weight that has not arrived counts as sent when stable lacks pods',
    file: `${canary}/traffic.ts`,
    find: '=== weight && weights?.verified !== false',
    replace: '=== weight',
  },
  {
    name: 'every question to AWS takes back what was known',
    file: `${canary}/traffic.ts`,
    find: 'hostNames.length > 0 && !isModified ?',
    replace: 'hostNames.length < 0 && !isModified ?',
  },
  {
    name: 'what the router says of the weight is ignored',
    file: `${canary}/traffic.ts`,
    find: 'const isDenied = verified === false',
    replace: 'const isDenied = verified === false && maxWeight < 0',
  },
  {
    name: 'the status tells the weights of canary and stable the wrong way round',
    file: `${canary}/weights-status.ts`,
    find: 'canary: side(weight, sent.canaryService, sent.canaryHash),\n    stable: side(maxWeight - weight - additional, sent.stableService, sent.stableHash)',
    replace:
      'canary: side(weight, sent.canaryService, sent.stableHash),\n    stable: side(maxWeight - weight - additional, sent.stableService, sent.canaryHash)',
  },
  {
    name: 'the router gets the hashes of canary and stable the wrong way round',
    file: `${canary}/router-request.ts`,
    find: 'canaryHash: asked.canaryHash,\n    stableHash: podHashOf(stableRS)',
    replace: 'canaryHash: podHashOf(stableRS),\n    stableHash: asked.canaryHash',
  },
]
