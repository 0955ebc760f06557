import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { SlackDelivery } from '../delivery.ts'
import type { ServiceReader } from './service.ts'

const policies: readonly SlackDelivery['policy'][] = ['Post', 'PostAndUpdate', 'Update']

/** OPS-172: messages of a Slack app. */
export const slack: ServiceReader = (options) => {
  const api = options.text('apiURL') || 'https://slack.com/api/'
  const apiURL = api.endsWith('/') ? api : `${api}/`
  const [token, username, icon] = ['token', 'username', 'icon'].map((name) => options.text(name))
  const isPlain = options.flag('disableUnfurl')
  const insecure = options.flag('insecureSkipVerify')
  return ({ message, blocks }, { recipient }) => {
    const own = blocks['slack'] ?? {}
    const [attachments, parts] = [listIn('attachments', own), listIn('blocks', own)]
    if (!attachments.ok) return attachments
    if (!parts.ok) return parts
    return success({
      kind: 'slack',
      apiURL,
      token: token ?? '',
      insecure,
      channel: recipient,
      message: {
        text: message,
        ...named('username', own['username'] || username),
        ...iconOf(own['icon'] || icon || ''),
        ...(attachments.value.length > 0 && { attachments: attachments.value }),
        ...(parts.value.length > 0 && { blocks: parts.value }),
        ...(isPlain && { unfurl_links: false, unfurl_media: false }),
      },
      groupingKey: own['groupingKey'] ?? '',
      broadcast: own['notifyBroadcast'] === 'true',
      policy: policies.find((each) => each === own['deliveryPolicy']) ?? 'Post',
    })
  }
}

/** JSON text of a list, or nothing. */
function listIn(name: string, own: Readonly<Record<string, string>>): Outcome<readonly unknown[], string> {
  const text = own[name] ?? ''
  if (text === '') return success([])
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return success(value)
  } catch {
    // Not JSON at all is told as not a list.
  }
  return failure(`slack: ${name} is no list in JSON`)
}

const named = (name: string, value: string | undefined) =>
  value === undefined || value === '' ? {} : { [name]: value }

/** An emoji, or the address of a picture; anything else is left out. */
function iconOf(icon: string): Readonly<Record<string, string>> {
  if (/^:.+:$/.test(icon)) return { icon_emoji: icon }
  return /^https?:\/\/[^/]/.test(icon) ? { icon_url: icon } : {}
}
