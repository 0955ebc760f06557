import { describe, expect, it } from 'vitest'
import { inTurn } from '#engine/traffic/in-turn.ts'
import type { RouterResult } from '#engine/traffic/router.ts'
import { findRoute, noRoutes, type Routes, withRoute } from '#engine/traffic/routes.ts'
import { failure, success } from '#lib/outcome.ts'
import { aRouteObject } from '#test/support/builders/routing.ts'

const refOf = (name: string) => ({ kind: 'ingresses', namespace: 'shop', name }) as const
const event = (message: string) => ({ type: 'Normal', reason: 'Made', message }) as const

/** Makes an object of each name and tells of it; `bad` makes one too, and refuses. */
function made(name: string, routes: Routes): RouterResult {
  const after = withRoute(routes, refOf(name), aRouteObject('ingresses', name, {})[1])
  if (name === 'bad') return failure({ message: 'refused', events: [event('bad')] })
  if (name === 'half') return failure({ message: 'refused', events: [], routes: after })
  return success({ routes: after, events: [event(name)] })
}
const namesIn = (routes: Routes | undefined) => routes && [...routes.objects.values()].map(({ ref }) => ref.name)

describe('changes in turn', () => {
  it('NGX-1: each starts from what the one before it left', () => {
    const result = inTurn(['a', 'b'], noRoutes, made)
    expect(result.ok && namesIn(result.value.routes)).toEqual(['a', 'b'])
    expect(result.ok && result.value.events).toEqual([event('a'), event('b')])
    expect(findRoute(noRoutes, refOf('a'))).toBeUndefined()
  })

  it('NGX-1: the first error ends them, with what was changed until then', () => {
    const result = inTurn(['a', 'bad', 'b'], noRoutes, made)
    expect(result).toMatchObject({ ok: false, error: { message: 'refused', events: [event('a'), event('bad')] } })
    expect(!result.ok && namesIn(result.error.routes)).toEqual(['a'])
    const half = inTurn(['a', 'half', 'b'], noRoutes, made)
    expect(!half.ok && namesIn(half.error.routes)).toEqual(['a', 'half'])
  })

  it('nothing to change is no change', () => {
    expect(inTurn([], noRoutes, made)).toEqual({ ok: true, value: { routes: noRoutes, events: [] } })
  })
})
