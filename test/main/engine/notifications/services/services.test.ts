import { describe, expect, it } from 'vitest'
import { emptyNotification, type Notification } from '#engine/notifications/notification.ts'
import { serviceOf } from '#engine/notifications/services/services.ts'
import { Shape } from '#engine/notifications/yaml-shape.ts'

const delivered = (type: string, options: object, notification: Partial<Notification> = {}, recipient = 'ops') =>
  serviceOf(type, new Shape(options, `service.${type}`))(
    { ...emptyNotification, message: 'hello', ...notification },
    { service: type, recipient },
  )

describe('OPS-171: webhook', () => {
  it('the message by GET, with headers and a password', () => {
    const options = {
      url: 'http://a/b',
      headers: [{ name: 'X-A', value: '1' }],
      basicAuth: { username: 'u', password: 'p' },
    }
    expect(delivered('webhook', options)).toEqual({
      ok: true,
      value: {
        kind: 'http',
        enough: 'all',
        retry: { max: 3, waitMinMs: 1000, waitMaxMs: 5000 },
        requests: [
          {
            method: 'GET',
            url: 'http://a/b',
            headers: [
              ['X-A', '1'],
              ['Authorization', 'Basic dTpw'],
            ],
            body: 'hello',
            timeoutMs: 30_000,
            insecure: false,
          },
        ],
      },
    })
  })

  it('what the template has for it: method, body and path, with one slash between', () => {
    const options = {
      url: 'http://a/b//',
      retryMax: 1,
      retryWaitMin: '2s',
      retryWaitMax: 3_000_000_000,
      insecureSkipVerify: true,
    }
    expect(
      delivered('webhook', options, { webhooks: { webhook: { method: 'put', path: '//c', body: '' } } }),
    ).toMatchObject({
      value: {
        retry: { max: 1, waitMinMs: 2000, waitMaxMs: 3000 },
        requests: [{ method: 'PUT', url: 'http://a/b/c', body: '', insecure: true }],
      },
    })
  })

  it('a method that is none is refused', () => {
    expect(
      delivered('webhook', { url: 'http://a' }, { webhooks: { webhook: { method: 'BREW', path: '', body: '' } } }),
    ).toEqual({
      ok: false,
      error: 'webhook: method "BREW" is not one of GET, POST, PUT, PATCH, DELETE',
    })
  })
})

describe('OPS-172: slack', () => {
  it('token, name and icon of the service, parts of the template', () => {
    const options = { token: 't', username: 'argo', icon: ':rocket:', disableUnfurl: true }
    const slack = {
      attachments: '[{"title":"a"}]',
      blocks: '',
      groupingKey: 'k',
      notifyBroadcast: 'true',
      deliveryPolicy: 'Update',
      icon: 'https://a/b.png',
    }
    expect(delivered('slack', options, { blocks: { slack } })).toMatchObject({
      value: {
        kind: 'slack',
        apiURL: 'https://slack.com/api/',
        token: 't',
        channel: 'ops',
        message: {
          text: 'hello',
          username: 'argo',
          icon_url: 'https://a/b.png',
          attachments: [{ title: 'a' }],
          unfurl_links: false,
          unfurl_media: false,
        },
        groupingKey: 'k',
        broadcast: true,
        policy: 'Update',
      },
    })
  })

  it('attachments that are no list are refused', () => {
    expect(delivered('slack', { token: 't' }, { blocks: { slack: { attachments: '{' } } })).toEqual({
      ok: false,
      error: 'slack: attachments is no list in JSON',
    })
  })
})

describe('OPS-170: teams-workflows', () => {
  const recipientUrls = {
    ops: 'https://x.api.powerplatform.com/hook?sig=s',
    bad: 'http://api.powerplatform.com/x',
    odd: 'https://example.com/',
  }
  const card = (block: Readonly<Record<string, string>>) => {
    const outcome = delivered('teams-workflows', { recipientUrls }, { blocks: { 'teams-workflows': block } })
    return outcome.ok && outcome.value.kind === 'http' ? JSON.parse(outcome.value.requests[0]?.body ?? '') : outcome
  }

  it('a card of title, text, facts and buttons', () => {
    const potentialAction = '[{"@type":"OpenUri","name":"Open","targets":[{"uri":"https://a"}]},{"@type":"Other"}]'
    const sections = '[{"facts":[{"name":"c","value":1}]}]'
    expect(
      card({ title: 'T', themeColor: 'Good', facts: '[{"name":"a","value":"b"}]', sections, potentialAction }),
    ).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: 'T', size: 'Large', weight: 'Bolder', color: 'Good', wrap: true },
              { type: 'TextBlock', text: 'hello', wrap: true },
              { type: 'FactSet', facts: [{ title: 'a', value: 'b' }] },
              { type: 'FactSet', facts: [{ title: 'c', value: '1' }] },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://a' }],
          },
        },
      ],
    })
  })

  it('a card of its own goes as it is', () => {
    expect(card({ adaptiveCard: '{"type":"AdaptiveCard","x":1}' })).toMatchObject({
      attachments: [{ content: { x: 1 } }],
    })
    expect(card({ facts: '{' })).toEqual({ ok: false, error: 'teams-workflows: facts is not JSON' })
  })

  it.each([
    ['none', 'no teams-workflows webhook configured for recipient none'],
    ['bad', 'invalid webhook URL for recipient bad: webhook URL must use HTTPS scheme'],
    ['odd', 'invalid webhook URL for recipient odd: webhook URL is not one of a Microsoft Teams workflow'],
  ])('recipient %s: %s', (recipient, error) => {
    expect(delivered('teams-workflows', { recipientUrls }, {}, recipient)).toEqual({ ok: false, error })
  })
})

describe('OPS-170: alertmanager', () => {
  const alert = {
    labels: { alertname: 'done' },
    annotations: {},
    generatorURL: '',
    startsAt: Date.parse('2026-11-28T12:30:00Z'),
  }

  it('one alert to every target, one of which is enough', () => {
    const outcome = delivered('alertmanager', { targets: ['a:1', 'b:2'], bearerToken: 't', timeout: 7 }, { alert })
    expect(outcome).toMatchObject({
      value: {
        enough: 'one',
        requests: ['a:1', 'b:2'].map((target) => ({
          method: 'POST',
          url: `http://${target}/api/v2/alerts`,
          timeoutMs: 7000,
          headers: [
            ['Content-Type', 'application/json'],
            ['Authorization', 'Bearer t'],
          ],
          body: '[{"labels":{"alertname":"done"},"annotations":{},"generatorURL":"","startsAt":"2026-11-28T12:30:00Z"}]',
        })),
      },
    })
  })

  it('needs a part of the template', () => {
    expect(delivered('alertmanager', {})).toEqual({ ok: false, error: 'the templates have no alertmanager part' })
  })
})

describe('OPS-170: email and desktop', () => {
  it('subject and body of the template, to everybody who is named', () => {
    const options = { host: 'smtp.example', port: '25', from: 'a@b', html: true, username: 'u', password: 'p' }
    expect(delivered('email', options, { blocks: { email: { subject: 'S', body: '' } } }, 'x@y, z@y,')).toEqual({
      ok: true,
      value: {
        kind: 'email',
        server: { host: 'smtp.example', port: 25, insecure: false, username: 'u', password: 'p' },
        from: 'a@b',
        to: ['x@y', 'z@y'],
        subject: 'S',
        body: 'hello',
        isHtml: true,
      },
    })
    expect(delivered('email', options, {}, ' ')).toEqual({ ok: false, error: 'email: a recipient is needed' })
  })

  it('on the desktop the message, under a title', () => {
    expect(delivered('desktop', {}, { blocks: { desktop: { title: 'Shop' } } })).toEqual({
      ok: true,
      value: { kind: 'desktop', title: 'Shop', body: 'hello' },
    })
  })
})
