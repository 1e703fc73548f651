import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Facts, Mono, None, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day, instant, londonDay } from "@/kit/dates.ts";
import { useFormRefusal } from "@/kit/form.ts";
import { ShownOnce } from "@/kit/secret.tsx";
import { Banner, ErrorState, ErrorSummary, SkeletonRows, StaleState } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { deactivatePerson, editPerson, type Person, personQuery, reactivatePerson, resetPassword } from "./data.ts";
import { type PersonField, PersonFields, personFields, readPerson } from "./person-fields.tsx";

const route = getRouteApi("/signed-in/people/$personId");

export default function PersonPage() {
  const { personId } = route.useParams();
  const found = useQuery(personQuery(personId));
  return (
    <div className="cw-page">
      <PageHead
        title={found.data?.name ?? "Person"}
        sub={found.data ? <PersonState person={found.data} /> : undefined}
        trail={<Link to="/people">People</Link>}
      />
      {found.isPending ? <SkeletonRows rows={6} /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data ? <PersonDetail key={found.data.version} person={found.data} /> : null}
    </div>
  );
}

function PersonState({ person }: { person: Person }) {
  return (
    <>
      {person.role_label} {person.active ? <Tag tone="green">active</Tag> : <Tag>deactivated</Tag>}
    </>
  );
}

function PersonDetail({ person }: { person: Person }) {
  const [asking, setAsking] = useState<"deactivate" | "reset" | null>(null);
  const keep = useKeepPerson(person.person_id);
  const deactivate = useMutation({
    mutationFn: () => deactivatePerson(person),
    onSuccess: (changed) => {
      setAsking(null);
      keep(changed, `${changed.name} can no longer sign in`);
    },
  });
  const reactivate = useMutation({
    mutationFn: () => reactivatePerson(person),
    onSuccess: (changed) => keep(changed, `${changed.name} may sign in again`),
  });
  const queryClient = useQueryClient();
  const reset = useMutation({ mutationFn: () => resetPassword(person) });
  const closeReset = () => {
    setAsking(null);
    if (reset.data) keep(reset.data.person);
    else void queryClient.invalidateQueries({ queryKey: ["see_person", person.person_id] });
  };

  return (
    <div className="cw-columns">
      <section className="cw-stack" aria-labelledby="edit-title">
        <h2 id="edit-title">Who they are here</h2>
        <EditPerson person={person} />
      </section>
      <section className="cw-stack cw-stack--wide" aria-label="Account">
        <Facts
          items={[
            ["User name", <Mono key="u">{person.username}</Mono>],
            [
              "Signs in with",
              person.issuer?.label ?? (person.has_password ? "a local password" : <None key="n">nothing yet</None>),
            ],
            ["Last signed in", person.signed_in_at ? instant(person.signed_in_at) : <None key="s">never</None>],
            ["Added", day(londonDay(person.created_at))],
          ]}
        />
        <div className="cw-row">
          <Button refusal={whyNot(person.can.reset_password)} onClick={() => setAsking("reset")}>
            Make a new password
          </Button>
          {person.active ? (
            <Button look="danger" refusal={whyNot(person.can.deactivate)} onClick={() => setAsking("deactivate")}>
              Deactivate
            </Button>
          ) : (
            <Button
              refusal={whyNot(person.can.reactivate)}
              busy={reactivate.isPending}
              onClick={() => reactivate.mutate()}
            >
              Reactivate
            </Button>
          )}
        </div>
        {reactivate.isError ? <ErrorState error={reactivate.error} /> : null}
      </section>
      {asking === "deactivate" ? (
        <Confirm
          title={`Deactivate ${person.name}?`}
          act="Deactivate"
          busy={deactivate.isPending}
          error={deactivate.error}
          onAct={() => deactivate.mutate()}
          onClose={() => setAsking(null)}
        >
          <p>
            They are signed out everywhere at once and cannot sign in again. Their work and their name on it stay. You
            can reactivate them later.
          </p>
        </Confirm>
      ) : null}
      {asking === "reset" ? (
        <Confirm
          title={`Make a new password for ${person.name}?`}
          act={reset.data ? "Done" : "Make a new password"}
          danger={false}
          busy={reset.isPending}
          error={reset.error}
          onAct={() => (reset.data ? closeReset() : reset.mutate())}
          onClose={closeReset}
        >
          {reset.data ? (
            <ShownOnce label="New password, shown this once" value={reset.data.password} />
          ) : (
            <p>The one they have stops working, and they are signed out everywhere. Give them the new one in person.</p>
          )}
        </Confirm>
      ) : null}
    </div>
  );
}

function useKeepPerson(personId: string) {
  const queryClient = useQueryClient();
  return (person: Person, words?: string) => {
    queryClient.setQueryData(personQuery(personId).queryKey, person);
    void queryClient.invalidateQueries({ queryKey: ["list_people"] });
    if (words) confirmDone(words);
  };
}

function EditPerson({ person }: { person: Person }) {
  const refusal = useFormRefusal<PersonField>(personFields);
  const keep = useKeepPerson(person.person_id);
  const queryClient = useQueryClient();
  const edit = useMutation({
    mutationFn: (body: Parameters<typeof editPerson>[1]) => editPerson(person, body),
    onError: (error) => {
      if (!(("status" in error && error.status) === 412)) refusal.refuse(error);
    },
    onSuccess: (changed) => keep(changed, "Saved"),
  });
  const stale = edit.error && "status" in edit.error && edit.error.status === 412;
  const cannot = whyNot(person.can.edit);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { roles, ...rest } = readPerson(new FormData(event.currentTarget));
    const withRoles = person.can.edit_roles === true;
    if (!rest.name) return refusal.complain({ name: "Enter their name" });
    if (withRoles && roles.length === 0) return refusal.complain({ roles: "Choose at least one role" });
    refusal.clear();
    edit.mutate(withRoles ? { ...rest, roles } : rest);
  };

  return (
    <form className="cw-form" onSubmit={submit} noValidate>
      {stale ? (
        <StaleState
          onReload={() => queryClient.invalidateQueries({ queryKey: personQuery(person.person_id).queryKey })}
        >
          Someone else edited this person meanwhile.
        </StaleState>
      ) : null}
      {cannot ? <Banner>{cannot}</Banner> : null}
      <ErrorSummary errors={refusal.summary} />
      <PersonFields refusal={refusal} person={person} rolesRefusal={whyNot(person.can.edit_roles)} />
      <div className="cw-form__actions">
        <Button look="primary" type="submit" busy={edit.isPending} refusal={cannot}>
          Save
        </Button>
      </div>
    </form>
  );
}
