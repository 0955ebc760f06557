import { expect, it, onTestFinished } from 'vitest'
import { silentLog } from '#lib/log.ts'
import { failure } from '#lib/outcome.ts'
import { startWebHost } from '#main/serve/web-host.ts'
import { systemClock } from '#main/system-clock.ts'
import { signIn } from '#test/support/web-client.ts'

const nothing = { kind: 'UnknownChannel', message: '' } as const

async function aHost() {
  const asked: (string | undefined)[] = []
  const started = await startWebHost({
    dispatcher: { call: async () => failure(nothing), subscribe: () => failure(nothing) },
    record: (context) => {
      asked.push(context)
      return { name: 'argosy-record-2026-11-28.jsonl', lines: ['{"record":"action"}', '{"record":"write"}'] }
    },
    rendererFolder: '/nowhere',
    port: 0,
    clock: systemClock,
    log: silentLog,
  })
  if (!started.ok) throw new Error(started.error.message)
  const host = started.value
  onTestFinished(() => host.close())
  const cookie = await signIn(host.url())
  const get = (path: string, headers: Record<string, string> = { cookie }, method = 'GET') =>
    fetch(`http://127.0.0.1:${host.port}${path}`, { headers, method })
  return { get, asked }
}

it('ACT-15: the record is a download for who has a session, of one cluster or all', async () => {
  const { get, asked } = await aHost()
  const answer = await get('/record.jsonl?context=a%2Fb+c')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="argosy-record-2026-11-28.jsonl"')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.text()).toBe('{"record":"action"}\n{"record":"write"}\n')
  await (await get('/record.jsonl')).text()
  expect(asked).toEqual(['a/b c', undefined])
})

it('ACT-15: nobody else has it', async () => {
  const { get, asked } = await aHost()
  expect((await get('/record.jsonl', {})).status).toBe(401)
  expect((await get('/record.jsonl', undefined, 'POST')).status).toBe(405)
  const cookie = 'argosy-1=wrong'
  expect((await get('/record.jsonl', { cookie })).status).toBe(401)
  expect(asked).toEqual([])
})
