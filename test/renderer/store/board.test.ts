import { describe, expect, it } from 'vitest'
import { needsPerson, urgencyOf } from '#contract/attention.ts'
import type { RolloutView } from '#contract/views.ts'
import { boardColumns, buildBoard, keepOrder } from '#renderer/store/board.ts'
import { parseFilter } from '#renderer/store/filter-terms.ts'
import { aCluster, aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const at = (name: string, more: Partial<RolloutView> = {}) => aRollout(T0, { context: 'west', name, ...more })
const board = (views: readonly RolloutView[], filter = '') =>
  buildBoard(new Map(views.map((view) => [view.key, view])), parseFilter(filter), T0)
const ids = (views: readonly RolloutView[], filter = '') => board(views, filter).rows.map((row) => row.id)

const openPause = { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: undefined }
const timedPause = { ...openPause, resumesAt: T0 + 60_000 }

describe('the rows of the board', () => {
  it('UI-STAT-6: stand in order of urgency, then by name', () => {
    const views = [
      at('settled'),
      at('moving', { status: 'Progressing' }),
      at('timed', { status: 'Paused', pause: timedPause }),
      at('waiting', { status: 'Paused', pause: openPause }),
      at('aborted', { status: 'Aborted' }),
      at('inconclusive', { status: 'Inconclusive' }),
      at('degraded-b', { status: 'Degraded' }),
      at('degraded-a', { status: 'Degraded' }),
    ]
    expect(ids(views).map((id) => id.slice('shop/'.length))).toEqual([
      'degraded-a',
      'degraded-b',
      'inconclusive',
      'aborted',
      'waiting',
      'timed',
      'moving',
      'settled',
    ])
  })

  it('UI-STAT-6: a timed pause needs nobody, an open one does', () => {
    expect(needsPerson(at('a', { status: 'Paused', pause: timedPause }))).toBe(false)
    expect(needsPerson(at('a', { status: 'Paused', pause: openPause }))).toBe(true)
  })

  it('are one per application; the most urgent cell leads', () => {
    const west = at('api')
    const east = aRollout(T0, { context: 'east', name: 'api', status: 'Degraded' })
    const [row, ...others] = board([west, east]).rows
    expect(others).toEqual([])
    expect(row?.lead.key).toBe(east.key)
    expect([...(row?.cells.keys() ?? [])]).toEqual(['west', 'east'])
    expect(row?.group).toBe('moving')
  })

  it('keep namespaces apart', () => {
    expect(ids([at('api', { namespace: 'a' }), at('api', { namespace: 'b' })])).toEqual(['a/api', 'b/api'])
  })

  it('a filter keeps whole rows, with the cells it does not match', () => {
    const views = [at('api'), aRollout(T0, { context: 'east', name: 'api', status: 'Degraded' }), at('web')]
    const [row] = board(views, 'status:degraded').rows
    expect(ids(views, 'status:degraded')).toEqual(['shop/api'])
    expect(row?.cells.size).toBe(2)
  })

  it('count into the tabs they belong to', () => {
    const views = [
      at('a', { status: 'Degraded' }),
      at('b', { status: 'Progressing' }),
      at('c', { drift: true }),
      at('d'),
    ]
    expect(board(views).counts).toEqual({ all: 4, needsYou: 2, moving: 1, drifted: 1 })
  })
})

describe('a frozen order', () => {
  const rows = board([at('a'), at('b'), at('c')]).rows

  it('UI-VIRT-6: status changes in place and tells how many rows want to move', () => {
    const live = board([at('a'), at('b'), at('c', { status: 'Degraded' })]).rows
    const { rows: kept, wantToMove } = keepOrder(rows, live)
    expect(kept.map((row) => row.name)).toEqual(['a', 'b', 'c'])
    expect(kept.at(-1)?.lead.status).toBe('Degraded')
    expect(kept.at(-1)?.group).toBe('settled')
    expect(wantToMove).toBe(1)
  })

  it('UI-VIRT-6: new rows come last, gone ones leave', () => {
    const live = board([at('0-new'), at('b'), at('c')]).rows
    expect(keepOrder(rows, live).rows.map((row) => row.name)).toEqual(['b', 'c', '0-new'])
  })

  it('that is the live order wants nothing', () => {
    expect(keepOrder(rows, rows).wantToMove).toBe(0)
  })
})

it('UI-ERR-1: an unreachable cluster keeps its column while its last rollouts are known', () => {
  const failure = { kind: 'Unreachable', message: 'refused', since: T0 } as const
  const down = aCluster('down', T0, {
    connection: { state: 'unreachable', since: T0, retryAt: T0, attempt: 1, failure },
  })
  const columns = (present: string[]) =>
    boardColumns([aCluster('up', T0), down], new Set(present)).map((c) => c.context)
  expect(columns([])).toEqual(['up'])
  expect(columns(['down'])).toEqual(['up', 'down'])
})

it('urgency is a total order over statuses', () => {
  const statuses = ['Degraded', 'Inconclusive', 'Aborted', 'Progressing', 'Unknown', 'Healthy'] as const
  const urgencies = statuses.map((status) => urgencyOf(at('a', { status })))
  expect(urgencies).toEqual(urgencies.toSorted((a, b) => a - b))
  expect(new Set(urgencies).size).toBe(statuses.length)
})
