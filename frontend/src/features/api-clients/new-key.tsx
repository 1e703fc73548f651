import type { Schemas } from "@/api/client.ts";
import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { ShownOnce } from "@/kit/secret.tsx";

/** The key, this once. Only a hash of it is kept. */
export function NewKey({ made, onClose }: { made: Schemas["ApiKeyOut"]; onClose: () => void }) {
  const basic = made.client.scopes.includes("bi");
  return (
    <Dialog
      title={`Key of ${made.client.name}`}
      closable={false}
      onClose={onClose}
      foot={
        <Button look="primary" onClick={onClose}>
          I have put it in a safe place
        </Button>
      }
    >
      <div className="cw-stack">
        <p>Copy it now: it is shown this once and kept nowhere. If it is lost, make a new one.</p>
        <ShownOnce label="Authorization: Bearer" value={made.key} />
        {basic ? (
          <>
            <ShownOnce label="For tools that know only Basic: user" value={made.client.key_id} />
            <ShownOnce label="and password" value={made.secret} />
          </>
        ) : null}
      </div>
    </Dialog>
  );
}
