import { ROLES, type Role } from '../../data/roles.ts'
import { SelectField } from '../../ui/field.tsx'

interface Props {
  /** Read aloud alone. */
  readonly label: string
  readonly role: Role
  readonly onChange: (role: Role) => void
  /** Only an owner makes owners. */
  readonly hasOwner: boolean
}

export const RoleSelect = ({ label, role, onChange, hasOwner }: Props) => (
  <div className="w-32 shrink-0">
    <SelectField label={label} isLabelHidden value={role} onChange={event => onChange(event.target.value as Role)}>
      {ROLES.filter(each => hasOwner || each.role !== 'owner').map(each => (
        <option key={each.role} value={each.role}>
          {each.name}
        </option>
      ))}
    </SelectField>
  </div>
)
