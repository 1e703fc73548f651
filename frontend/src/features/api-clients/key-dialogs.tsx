import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm } from "@/kit/confirm.tsx";
import { Select } from "@/kit/field.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type ApiClient, revokeClient, rotateClient } from "./data.ts";
import { NewKey } from "./new-key.tsx";

const overlaps = [
  { value: "0", label: "Stop it now" },
  { value: "1", label: "Let it work for 1 more day" },
  { value: "7", label: "Let it work for 7 more days" },
  { value: "30", label: "Let it work for 30 more days" },
];

export function RotateClient({ client, onClose }: { client: ApiClient; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [days, setDays] = useState("7");
  const rotate = useMutation({
    mutationFn: () =>
      rotateClient(client, days === "0" ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString()),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["list_api_clients"] }),
  });
  if (rotate.data) return <NewKey made={rotate.data} onClose={onClose} />;
  return (
    <Confirm
      title={`Make a new key for ${client.name}?`}
      act="Make a new key"
      danger={false}
      busy={rotate.isPending}
      error={rotate.error}
      onAct={() => rotate.mutate()}
      onClose={onClose}
    >
      <Select
        label="The key it has now"
        options={overlaps}
        value={days}
        onChange={(event) => setDays(event.target.value)}
      />
    </Confirm>
  );
}

export function RevokeClient({ client, onClose }: { client: ApiClient; onClose: () => void }) {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeClient(client),
    onSuccess: () => {
      confirmDone(`The key of ${client.name} is revoked`);
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["list_api_clients"] }),
  });
  return (
    <Confirm
      title={`Revoke the key of ${client.name}?`}
      act="Revoke"
      busy={revoke.isPending}
      error={revoke.error}
      onAct={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>
        {client.name} is refused from its next request on. This cannot be undone; a new API client can be added instead.
      </p>
    </Confirm>
  );
}
