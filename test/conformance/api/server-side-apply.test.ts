import { beforeEach, describe, expect, it } from 'vitest'
import { aWorld, type World } from '#test/support/world.ts'

interface Applied {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[]
  }
  readonly data?: Readonly<Record<string, string>>
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly field: string }[] }
}

let world: World

beforeEach(async () => {
  world = await aWorld()
})

const apply = (manager: string, data: object, query = '') =>
  world.send<Applied>(
    'PATCH',
    `/api/v1/namespaces/${world.namespace}/configmaps/shared?fieldManager=${manager}${query}`,
    {
      headers: { 'Content-Type': 'application/apply-patch+yaml' },
      body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data }),
    },
  )

describe('server-side apply', () => {
  it('creates, and says who manages what', async () => {
    expect(await apply('a', { x: '1' })).toMatchObject({
      code: 201,
      body: { data: { x: '1' }, metadata: { managedFields: [{ manager: 'a', operation: 'Apply' }] } },
    })
    expect(await apply('a', { x: '1' })).toMatchObject({ code: 200 })
  })

  it('lets two managers have fields of their own, and share one they agree on', async () => {
    await apply('a', { x: '1', both: '0' })
    expect(await apply('b', { y: '2', both: '0' })).toMatchObject({
      code: 200,
      body: { data: { x: '1', y: '2', both: '0' } },
    })
  })

  it('refuses a change of what another manages, and lets force take it over', async () => {
    await apply('a', { x: '1' })
    expect(await apply('b', { x: '2' })).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "a": .data.x',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.x' }] },
      },
    })
    expect(await apply('b', { x: '2' }, '&force=true')).toMatchObject({ code: 200, body: { data: { x: '2' } } })
    expect(await apply('a', { x: '3' })).toMatchObject({ code: 409, body: { message: expect.stringContaining('"b"') } })
  })

  it('removes what its manager no longer applies, unless another applies it too', async () => {
    await apply('a', { x: '1', both: '0' })
    await apply('b', { both: '0' })
    expect((await apply('a', {})).body.data).toEqual({ both: '0' })
  })

  it('asks for a manager', async () => {
    expect(await apply('', { x: '1' })).toMatchObject({
      code: 422,
      body: {
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      },
    })
  })
})
