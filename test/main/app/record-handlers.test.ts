import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { recordHandlers, type SaveAs } from '#main/app/record-handlers.ts'
import { createWriteRecord } from '#main/history/write-record.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const about = { at: T0, user: 'ada@corp', verb: 'patch', resource: 'services', subresource: undefined } as const
const rest = { namespace: 'shop', name: 'web', cause: undefined, code: 200, body: undefined, problem: undefined }

function setUp(saveAs?: SaveAs) {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const record = createWriteRecord({ history, clock, via: 'window' })
  for (const context of ['prod-eu', 'prod-us']) record.add({ ...about, ...rest, context, resourceVersion: '8' })
  return recordHandlers({ source: { shown: history }, clock, saveAs })
}

it('ACT-15: the record is saved where the person says, readable by them alone, all of it or of one cluster', async () => {
  const folder = aFolder()
  const asked: string[] = []
  const handlers = setUp(async (name) => {
    asked.push(name)
    return join(folder, `${asked.length}`)
  })
  const [all, one] = [join(folder, '1'), join(folder, '2')]
  writeFileSync(all, 'a longer text than the record that was there before'.repeat(40))
  chmodSync(all, 0o644)
  expect(await handlers['history.export']({})).toEqual({ ok: true, value: { how: 'saved', path: all, lines: 2 } })
  expect(await handlers['history.export']({ context: 'prod-us' })).toMatchObject({ value: { path: one, lines: 1 } })
  expect(asked).toEqual(Array(2).fill('argosy-record-2026-01-15.jsonl'))
  const lines = readFileSync(all, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ record: 'write', context: 'prod-eu' }, {}])
  expect(readFileSync(one, 'utf8')).toContain('prod-us')
  expect(statSync(all).mode & 0o777).toBe(0o600)
})

it('ACT-15: saving is called off, or refused with the reason', async () => {
  expect(await setUp(async () => undefined)['history.export']({})).toMatchObject({ value: { how: 'cancelled' } })
  const nowhere = join(aFolder(), 'absent', 'x')
  expect(await setUp(async () => nowhere)['history.export']({})).toMatchObject({
    ok: false,
    error: { message: `${nowhere} cannot be written (ENOENT).` },
  })
})

it('ACT-15: a browser is told where it gets the record from', async () => {
  const handlers = setUp()
  expect(await handlers['history.export']({})).toMatchObject({ value: { how: 'download', address: '/record.jsonl' } })
  expect(await handlers['history.export']({ context: 'a/b c' })).toMatchObject({
    value: { address: '/record.jsonl?context=a%2Fb+c' },
  })
  expect(await handlers['history.write']({ id: 99 })).toMatchObject({ ok: false, error: { kind: 'NotFound' } })
})
