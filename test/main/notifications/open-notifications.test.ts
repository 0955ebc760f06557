import { describe, expect, it, vi } from 'vitest'
import type { Delivery, EmailDelivery, SlackDelivery } from '#engine/notifications/delivery.ts'
import { openNotifications } from '#main/notifications/open-notifications.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { aClosedPort, aWebOfServers } from '#test/support/http-server.ts'
import type { Answer } from '#test/support/scripted-server.ts'
import { anSmtpServer } from '#test/support/smtp-server.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const web = aWebOfServers()

function aSender(desktop?: (title: string, body: string) => void) {
  const clock = new VirtualClock()
  const sender = openNotifications({ client: new FakeApi().client(), clock, env: {}, desktop })
  web.ending(() => sender.close())
  /** Time goes by until it is done. */
  const deliver = async (delivery: Delivery, isWanted = () => true) => {
    let outcome: Awaited<ReturnType<typeof sender.deliver>> | undefined
    const work = sender.deliver(delivery, isWanted).then((result) => {
      outcome = result
    })
    await advanceUntil(clock, 'delivered', () => outcome !== undefined)
    await work
    return outcome
  }
  return { clock, deliver }
}

const request = (url: string, more: object = {}) =>
  ({ method: 'POST', url, headers: [['X-A', 'b']], body: 'hello', timeoutMs: 5_000, insecure: false, ...more }) as const

const http = (url: string, more: Partial<Extract<Delivery, { kind: 'http' }>> = {}): Delivery => ({
  kind: 'http',
  requests: [request(url)],
  enough: 'all',
  retry: { max: 3, waitMinMs: 1_000, waitMaxMs: 3_000 },
  ...more,
})

/** Answers with these, one after the other, the last one for ever. */
const inTurn = (...statuses: readonly number[]): Answer => {
  let at = 0
  return (_seen, reply) => reply.text(statuses[Math.min(at++, statuses.length - 1)] ?? 200, 'why not')
}

describe('by HTTP (OPS-171)', () => {
  it('sends what it is told; 2xx is enough', async () => {
    const server = await web.server(inTurn(202))
    expect(await aSender().deliver(http(`${server.url}/a?b=c`))).toEqual({ ok: true })
    expect(server.requests).toMatchObject([{ method: 'POST', path: '/a', body: 'hello', headers: { 'x-a': 'b' } }])
  })

  it('tries again after what another time may mend, later each time, and gives up', async () => {
    const server = await web.server(inTurn(503, 429, 200))
    const sender = aSender()
    const before = sender.clock.now()
    expect(await sender.deliver(http(server.url))).toEqual({ ok: true })
    expect(server.requests).toHaveLength(3)
    expect(sender.clock.now() - before).toBeGreaterThanOrEqual(3_000)
    server.answer(inTurn(500))
    expect(await sender.deliver(http(server.url))).toEqual({
      ok: false,
      error: 'the request has failed with error code 500 : why not',
    })
    expect(server.requests).toHaveLength(7)
  })

  it('OPS-174: does not try again once nobody wants it', async () => {
    const server = await web.server(inTurn(500))
    expect(await aSender().deliver(http(server.url), () => false)).toMatchObject({ ok: false })
    expect(server.requests).toHaveLength(1)
  })

  it('does not repeat what was refused', async () => {
    const server = await web.server(inTurn(403))
    expect(await aSender().deliver(http(server.url))).toMatchObject({ ok: false })
    expect(server.requests).toHaveLength(1)
  })

  it('OPS-173: a failure tells no address', async () => {
    const outcome = await aSender().deliver(http(`http://127.0.0.1:${await aClosedPort()}/hook/s3cret?sig=s3cret`))
    expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('refused') })
    expect(JSON.stringify(outcome)).not.toContain('s3cret')
  })

  it('ends after its time, whatever the server does', async () => {
    const server = await web.server(() => undefined)
    const outcome = await aSender().deliver(http(server.url, { retry: { max: 0, waitMinMs: 0, waitMaxMs: 0 } }))
    expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('deadline exceeded') })
  })

  it('OPS-170: of several targets one is enough where one is', async () => {
    const [good, bad] = [await web.server(inTurn(200)), await web.server(inTurn(400))]
    const both = { requests: [request(bad.url), request(good.url)] }
    expect(await aSender().deliver(http('', { ...both, enough: 'one' }))).toEqual({ ok: true })
    expect(await aSender().deliver(http('', both))).toMatchObject({ ok: false })
    expect(good.requests).toHaveLength(2)
  })
})

describe('by Slack (OPS-172)', () => {
  const message = (apiURL: string, more: Partial<SlackDelivery> = {}): SlackDelivery => ({
    kind: 'slack',
    apiURL,
    token: 'xoxb-1',
    insecure: false,
    channel: 'ops',
    message: { text: 'hello' },
    groupingKey: '',
    broadcast: false,
    policy: 'Post',
    ...more,
  })
  const aSlack = () => {
    let count = 0
    return web.server((_seen, reply) => reply.json(200, { ok: true, channel: 'C1', ts: `1.${++count}` }))
  }

  it('posts with the token; messages of one key make a thread', async () => {
    const server = await aSlack()
    const { deliver } = aSender()
    const grouped = message(`${server.url}/api/`, { groupingKey: 'k', broadcast: true })
    expect(await deliver(grouped)).toEqual({ ok: true })
    expect(await deliver(grouped)).toEqual({ ok: true })
    expect(server.requests.map(({ path, headers, body }) => [path, headers.authorization, JSON.parse(body)])).toEqual([
      ['/api/chat.postMessage', 'Bearer xoxb-1', { channel: 'ops', text: 'hello' }],
      [
        '/api/chat.postMessage',
        'Bearer xoxb-1',
        { channel: 'ops', text: 'hello', thread_ts: '1.1', reply_broadcast: true },
      ],
    ])
  })

  it.each([
    ['Update', ['/chat.postMessage', '/chat.update']],
    ['PostAndUpdate', ['/chat.postMessage', '/chat.postMessage', '/chat.update']],
  ] as const)('policy %s', async (policy, paths) => {
    const server = await aSlack()
    const { deliver } = aSender()
    const grouped = message(`${server.url}/`, { groupingKey: 'k', policy })
    await deliver(grouped)
    await deliver(grouped)
    expect(server.requests.map(({ path }) => path)).toEqual(paths)
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toEqual({ channel: 'C1', ts: '1.1', text: 'hello' })
  })

  it('waits as long as it is told to', async () => {
    const server = await web.server((_seen, reply) => reply.text(429, '', { 'Retry-After': '7' }))
    const { deliver, clock } = aSender()
    const before = clock.now()
    expect(await deliver(message(`${server.url}/`))).toEqual({ ok: false, error: 'slack: answered 429' })
    expect(clock.now() - before).toBeGreaterThanOrEqual(21_000)
    expect(server.requests).toHaveLength(4)
  })

  it('tells what Slack says', async () => {
    const server = await web.server((_seen, reply) => reply.json(200, { ok: false, error: 'channel_not_found' }))
    expect(await aSender().deliver(message(`${server.url}/`))).toEqual({ ok: false, error: 'slack: channel_not_found' })
  })
})

describe('by mail (OPS-170)', () => {
  const mail = (port: number, more: Partial<EmailDelivery> = {}): EmailDelivery => ({
    kind: 'email',
    server: { host: '127.0.0.1', port, insecure: false, username: '', password: '' },
    from: 'argo@example.com',
    to: ['a@example.com', 'b@example.com'],
    subject: 'Shop',
    body: 'Rollout shop is Healthy.',
    isHtml: false,
    ...more,
  })
  const deliver = (delivery: Delivery) => {
    const clock = new VirtualClock()
    return openNotifications({ client: new FakeApi().client(), clock, env: {} }).deliver(delivery, () => true)
  }

  it('one message to everybody', async () => {
    const server = await anSmtpServer()
    expect(await deliver(mail(server.port))).toEqual({ ok: true })
    expect(server.mails).toMatchObject([{ from: 'argo@example.com', to: ['a@example.com', 'b@example.com'] }])
    expect(server.mails[0]?.data).toMatch(/Subject: Shop\r\n[\s\S]*text\/plain[\s\S]*\r\n\r\nRollout shop is Healthy\./)
  })

  it('with a password, as HTML', async () => {
    const server = await anSmtpServer({ auth: 'argo:s3cret' })
    const signedIn = { host: '127.0.0.1', port: server.port, insecure: false, username: 'argo', password: 's3cret' }
    expect(await deliver(mail(server.port, { server: signedIn, isHtml: true, body: '<b>done</b>' }))).toEqual({
      ok: true,
    })
    expect(server.mails).toMatchObject([{ auth: 'argo:s3cret', data: expect.stringContaining('text/html') }])
  })

  it('OPS-173: a failure tells what the server said, and no password', async () => {
    const server = await anSmtpServer({ auth: 'argo:s3cret' })
    const wrong = { host: '127.0.0.1', port: server.port, insecure: false, username: 'argo', password: 'wr0ng' }
    const outcome = await deliver(mail(server.port, { server: wrong }))
    expect(outcome).toMatchObject({ ok: false, error: expect.stringContaining('535') })
    expect(JSON.stringify(outcome)).not.toContain('wr0ng')
  })

  it('nobody there, nobody known', async () => {
    expect(await deliver(mail(await aClosedPort()))).toMatchObject({
      ok: false,
      error: expect.stringContaining('ECONNREFUSED'),
    })
    const server = await anSmtpServer({ refused: ['a@example.com', 'b@example.com'] })
    expect(await deliver(mail(server.port))).toMatchObject({
      ok: false,
      error: expect.stringContaining('No such user'),
    })
  })
})

describe('on the desktop', () => {
  it('shows it, where there is one', async () => {
    const show = vi.fn<(title: string, body: string) => void>()
    expect(await aSender(show).deliver({ kind: 'desktop', title: 'Shop', body: 'done' })).toEqual({ ok: true })
    expect(show).toHaveBeenCalledWith('Shop', 'done')
    expect(await aSender().deliver({ kind: 'desktop', title: 'Shop', body: 'done' })).toEqual({
      ok: false,
      error: 'there is no desktop here',
    })
  })
})
