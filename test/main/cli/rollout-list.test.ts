import { describe, expect, it } from 'vitest'
import { formatList } from '#main/cli/rollout-list.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'

const canary = aRollout({
  replicas: 4,
  steps: [setWeight(25), pause()],
  status: {
    phase: 'Paused',
    currentStepIndex: 1,
    replicas: 4,
    readyReplicas: 3,
    updatedReplicas: 1,
    availableReplicas: 3,
  },
})
const blueGreen = aRollout({ blueGreen: { activeService: 'web' }, status: { phase: 'Healthy' } })
const strange = aRollout({ spec: { strategy: {} }, status: { phase: 'Degraded' } })

describe('the list of rollouts', () => {
  it('ACT-122: one line each, a dash where there is no step or weight', () => {
    const rollouts = [canary, blueGreen, strange].map((rollout) => ({ context: 'north', rollout }))
    expect(formatList(rollouts, { contexts: false, namespaces: false, colours: false })).toEqual([
      'NAME   STRATEGY    STATUS     STEP   SET-WEIGHT   READY   DESIRED   UP-TO-DATE   AVAILABLE',
      'web    Canary      Paused     1/2    25           3/4     4         1            3',
      'web    BlueGreen   Healthy    -      -            0/0     1         0            0',
      'web    unknown     Degraded   -      -            0/0     1         0            0',
    ])
  })

  it('ACT-122: contexts come first, then namespaces', () => {
    const listed = { context: 'north', rollout: canary }
    const [titles, line] = formatList([listed], { contexts: true, namespaces: true, colours: true })
    expect(titles).toMatch(/^CONTEXT +NAMESPACE +NAME /)
    expect(line).toMatch(/^north +shop +web /)
  })

  it('OPS-83: a badly typed object is listed, not stumbled over', () => {
    const bad = JSON.parse(JSON.stringify({ ...canary, spec: { ...canary.spec, strategy: { canary: { steps: 7 } } } }))
    const lines = formatList([{ context: 'north', rollout: bad }], {
      contexts: false,
      namespaces: false,
      colours: false,
    })
    expect(lines).toHaveLength(2)
  })
})
