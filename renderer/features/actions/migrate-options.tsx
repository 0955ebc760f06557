import type { MigrationOptionsInput } from '#contract/migration-views.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'

const strategies = ['canary', 'blueGreen'] as const
const scaleDowns = ['onsuccess', 'progressively', 'never'] as const

interface MigrateOptionsProps {
  readonly options: MigrationOptionsInput
  /** Those that blue-green could switch. */
  readonly services: readonly string[]
  readonly onChange: (options: MigrationOptionsInput) => void
}

/** What the Rollout is to be like: the same as the options of the command line. */
export function MigrateOptions({ options, services, onChange }: MigrateOptionsProps) {
  const text = useText()
  const choose = (strategy: MigrationOptionsInput['strategy']) =>
    // Of one Service there is nothing to choose.
    onChange({
      ...options,
      strategy,
      activeService: options.activeService || (services.length === 1 ? (services[0] ?? '') : ''),
    })
  return (
    <div className="dialog-form">
      <div>
        <span className="form-label">{text('migrate.strategy')}</span>
        <Segments
          label={text('migrate.strategy')}
          value={options.strategy}
          onChange={choose}
          segments={strategies.map((value) => ({ value, label: text(`migrate.strategy.${value}`) }))}
        />
      </div>
      <div>
        <span className="form-label">{text('migrate.scaleDown')}</span>
        <Segments
          label={text('migrate.scaleDown')}
          value={options.scaleDown}
          onChange={(scaleDown) => onChange({ ...options, scaleDown })}
          segments={scaleDowns.map((value) => ({ value, label: text(`migrate.scaleDown.${value}`) }))}
        />
      </div>
      {options.strategy === 'canary' ? (
        <label>
          <span className="form-label">{text('migrate.steps')}</span>
          <span className="field">
            <input
              className="mono"
              type="text"
              maxLength={1024}
              spellCheck={false}
              autoComplete="off"
              value={options.steps}
              onChange={({ target: { value: steps } }) => onChange({ ...options, steps })}
            />
          </span>
        </label>
      ) : (
        <label>
          <span className="form-label">{text('migrate.service')}</span>
          <span className="field">
            <select
              value={options.activeService}
              onChange={({ target: { value: activeService } }) => onChange({ ...options, activeService })}
            >
              <option value="">{text('migrate.service.none')}</option>
              {services.map((service) => (
                <option key={service} value={service}>
                  {service}
                </option>
              ))}
            </select>
            <Icon name="chev-d" className="icon-sm" />
          </span>
        </label>
      )}
    </div>
  )
}
