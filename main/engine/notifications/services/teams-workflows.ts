import { isRecord } from '#engine/normalise/typed-value.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Notification } from '../notification.ts'
import { type ServiceReader, timeoutMs, usualRetry } from './service.ts'

/** Addresses that Power Automate gives. */
const workflowsUrl =
  /api\.(?:powerautomate|powerplatform)\.com|flow\.microsoft\.com|webhook\.office\.com\/workflows|\/powerautomate\//i

/** Microsoft Teams by a workflow's webhook: an adaptive card for the recipient of that name. */
export const teamsWorkflows: ServiceReader = (options) => {
  const urls = options.textMap('recipientUrls')
  const insecure = options.flag('insecureSkipVerify')
  return (notification, { recipient }) => {
    const url = urls.get(recipient)
    if (url === undefined) return failure(`no teams-workflows webhook configured for recipient ${recipient}`)
    const fault = faultIn(url)
    if (fault !== undefined) return failure(`invalid webhook URL for recipient ${recipient}: ${fault}`)
    const content = cardOf(notification)
    if (!content.ok) return content
    const body = JSON.stringify({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: content.value }],
    })
    const headers = [['Content-Type', 'application/json'] as const]
    return success({
      kind: 'http',
      requests: [{ method: 'POST', url, headers, body, timeoutMs, insecure }],
      enough: 'all',
      retry: { ...usualRetry, max: 0 },
    })
  }
}

/** The address is a secret: it is not told. */
function faultIn(url: string): string | undefined {
  const { scheme, host } = /^(?<scheme>[a-z]+):\/\/(?<host>[^/:?#]+)/i.exec(url)?.groups ?? {}
  if (scheme === undefined || host === undefined) return 'webhook URL must have a valid host'
  const isLocal = host === 'localhost' || host.startsWith('127.')
  if (scheme !== 'https' && !(scheme === 'http' && isLocal)) return 'webhook URL must use HTTPS scheme'
  return workflowsUrl.test(url) ? undefined : 'webhook URL is not one of a Microsoft Teams workflow'
}

type Card = Readonly<Record<string, unknown>>

function cardOf({ message, blocks }: Notification): Outcome<unknown, string> {
  const own = blocks['teams-workflows'] ?? {}
  const { adaptiveCard = '', title = '', themeColor = '' } = own
  if (adaptiveCard !== '') return jsonIn('adaptiveCard', adaptiveCard)
  const [facts, sections, actions] = ['facts', 'sections', 'potentialAction'].map((name) =>
    jsonIn(name, own[name] || '[]'),
  )
  for (const each of [facts, sections, actions]) if (each?.ok === false) return each
  const text = own['text'] || message
  const buttons = recordsIn(actions).flatMap(actionOf)
  return success({
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...(title === '' ? [] : [titleBlock(title, themeColor)]),
      ...(text === '' ? [] : [{ type: 'TextBlock', text, wrap: true }]),
      ...factSet(recordsIn(facts)),
      ...recordsIn(sections).flatMap((section) => factSet(recordsIn(success(section['facts'])))),
    ],
    ...(buttons.length > 0 && { actions: buttons }),
  })
}

function jsonIn(name: string, text: string): Outcome<unknown, string> {
  try {
    return success(JSON.parse(text))
  } catch {
    return failure(`teams-workflows: ${name} is not JSON`)
  }
}

const recordsIn = (value: Outcome<unknown, string> | undefined): readonly Card[] =>
  value?.ok === true && Array.isArray(value.value) ? value.value.filter(isRecord) : []

const titleBlock = (text: string, color: string): Card => ({
  type: 'TextBlock',
  text,
  size: 'Large',
  weight: 'Bolder',
  ...(color !== '' && { color }),
  wrap: true,
})

function factSet(facts: readonly Card[]): readonly Card[] {
  const shown = facts
    .filter(({ name }) => typeof name === 'string')
    .map(({ name, value }) => ({ title: name, value: typeof value === 'string' ? value : JSON.stringify(value ?? '') }))
  return shown.length === 0 ? [] : [{ type: 'FactSet', facts: shown }]
}

function actionOf(action: Card): readonly Card[] {
  const [target] = recordsIn(success(action['targets']))
  if (action['@type'] !== 'OpenUri' || typeof target?.['uri'] !== 'string') return []
  return [
    {
      type: 'Action.OpenUrl',
      ...(typeof action['name'] === 'string' && { title: action['name'] }),
      url: target['uri'],
    },
  ]
}
