type Account = { username: string; password: string; role: string };

/** Only the server of a synthetic Trust names them. */
export function DemoAccounts({
  accounts,
  onPick,
}: {
  accounts: readonly Account[];
  onPick: (account: Account) => void;
}) {
  const passwords = [...new Set(accounts.map((account) => account.password))];
  return (
    <section className="signin__demo" aria-labelledby="demo-title">
      <h2 id="demo-title">Try it as</h2>
      <p className="cw-quiet">
        Synthetic people of a synthetic Trust; nothing here is about a real person.
        {passwords.length === 1 ? (
          <>
            {" "}
            The password is <span className="cw-mono">{passwords[0]}</span>.
          </>
        ) : null}
      </p>
      <ul className="cw-plain signin__accounts">
        {accounts.map((account) => (
          <li key={account.username}>
            <button type="button" onClick={() => onPick(account)}>
              <strong>{sentence(account.role)}</strong>
              <span className="cw-quiet cw-mono">{account.username}</span>
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
