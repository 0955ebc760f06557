import type { ReactNode } from 'react'
import { useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'

interface RbacRuleProps {
  readonly failure: { readonly verb: string; readonly resource: string }
  /** What else can be done, beside the copying. */
  readonly children?: ReactNode
}

/** UI-ERR-2: the rule to ask for, ready to copy. */
export function RbacRule({ failure, children }: RbacRuleProps) {
  const text = useText()
  const rule = ruleOf(failure)
  return (
    <>
      <pre className="mono rule">{rule}</pre>
      <div className="row">
        <Button
          small
          icon="copy"
          label={text('trouble.copyRule')}
          onPress={() => void navigator.clipboard.writeText(rule)}
        />
        {children}
      </div>
    </>
  )
}

/** `rollouts.argoproj.io/status` → an entry of `rules` of a Role. */
function ruleOf({ verb, resource }: RbacRuleProps['failure']): string {
  const [kind = '', ...subresource] = resource.split('/')
  const [plural = '', ...group] = kind.split('.')
  return [
    `- apiGroups: ["${group.join('.')}"]`,
    `  resources: ["${[plural, ...subresource].join('/')}"]`,
    `  verbs: ["${verb}"]`,
  ].join('\n')
}
