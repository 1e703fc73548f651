type Account = { username: string; password: string; role: string };

/** Only a development server names them: synthetic people of a synthetic Trust. */
export function DemoAccounts({
  accounts,
  onPick,
}: {
  accounts: readonly Account[];
  onPick: (account: Account) => void;
}) {
  return (
    <section className="signin__demo" aria-labelledby="demo-title">
      <h2 id="demo-title">Try it as</h2>
      <p className="cw-quiet">
        This is a development server with synthetic people. Nothing here is about a real person.
      </p>
      <ul className="cw-plain signin__accounts">
        {accounts.map((account) => (
          <li key={account.username}>
            <button type="button" onClick={() => onPick(account)}>
              <strong>{sentence(account.role)}</strong>
              <span className="cw-quiet">
                <span className="cw-mono">{account.username}</span> /{" "}
                <span className="cw-mono">{account.password}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function sentence(role: string): string {
  return `${role.charAt(0).toUpperCase()}${role.slice(1)}`.replaceAll("_", " ");
}
