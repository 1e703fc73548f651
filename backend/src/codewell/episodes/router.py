"""HTTP of episodes, patients, the trail about them, deadlines and the timetable."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from codewell.episodes import reads, service
from codewell.episodes.schemas import (
    Deadlines,
    EpisodeFilter,
    EpisodeOut,
    EpisodePage,
    EpisodeSearch,
    FoundPage,
    Identifiers,
    Lookup,
    PatientOut,
    PatientPage,
    PatientSearch,
    TimetableIn,
    TimetablePage,
    TrailPage,
    TrailSearch,
)  # fmt: skip
from codewell.identity.doors import Me, Session, settings_of
from codewell.kit.http import StrictRoute, problem_response
from codewell.kit.problems import Problem
from codewell.kit.verbs import operation

router = APIRouter(tags=["episodes"], route_class=StrictRoute)


@router.get("/episodes", response_model=EpisodePage, **operation(reads.list_episodes))
async def list_episodes(session: Session, me: Me, f: Annotated[EpisodeFilter, Query()]) -> Any:
    """List episodes."""
    return await reads.list_episodes(session, me, f)


@router.post("/episodes/lookup", response_model=EpisodeOut, **operation(service.lookup_episode))
async def lookup_episode(session: Session, me: Me, body: Lookup) -> Any:
    """Find an episode by the sender's spell and episode number."""
    return await service.lookup_episode(session, me, body)


@router.post("/episodes/search", response_model=FoundPage, **operation(service.search_episodes))
async def search_episodes(request: Request, session: Session, me: Me, body: EpisodeSearch) -> Any:
    """Find the episodes of a spell by its number alone."""
    secret = settings_of(request).secret.get_secret_value()
    return await service.search_episodes(session, me, body, secret=secret)


@router.get("/episodes/{episode_id}", response_model=EpisodeOut, **operation(service.see_episode))
async def see_episode(session: Session, me: Me, episode_id: UUID) -> Any:
    """Read an episode with its present codes."""
    return await service.see_episode(session, me, episode_id)


@router.post("/episodes/{episode_id}/reveal", response_model=Identifiers, **operation(service.reveal_patient))
async def reveal_patient(session: Session, me: Me, episode_id: UUID) -> Any:
    """Show what identifies the patient of an episode."""
    return await service.reveal_patient(session, me, episode_id)


@router.post("/patients/search", response_model=PatientPage, **operation(service.search_patients))
async def search_patients(request: Request, session: Session, me: Me, body: PatientSearch) -> Any:
    """Find patients by NHS number or local identifier."""
    secret = settings_of(request).secret.get_secret_value()
    return await service.search_patients(session, me, body, secret=secret)


@router.get("/patients/{patient_id}", response_model=PatientOut, **operation(service.see_patient))
async def see_patient(session: Session, me: Me, patient_id: UUID) -> Any:
    """Read a patient's spells and episodes."""
    return await service.see_patient(session, me, patient_id)


@router.post("/patients/{patient_id}/reveal", response_model=Identifiers, **operation(service.identify_patient))
async def identify_patient(session: Session, me: Me, patient_id: UUID) -> Any:
    """Show what identifies a patient."""
    return await service.identify_patient(session, me, patient_id)


@router.post("/trail/search", response_model=TrailPage, **operation(service.search_trail))
async def search_trail(request: Request, session: Session, me: Me, body: TrailSearch) -> Any:
    """Search the trail: who saw a patient, what a person saw, what happened to an episode."""
    found = await service.search_trail(session, me, body, secret=settings_of(request).secret.get_secret_value())
    return problem_response(request, found) if isinstance(found, Problem) else found


@router.get("/sus-timetable", response_model=TimetablePage, **operation(reads.list_timetable))
async def list_timetable(session: Session, me: Me) -> Any:
    """List the SUS+ submission timetable."""
    return await reads.list_timetable(session, me)


@router.put("/sus-timetable", response_model=TimetablePage, **operation(service.load_timetable))
async def load_timetable(session: Session, me: Me, body: TimetableIn) -> Any:
    """Load published dates; sending them again changes nothing."""
    await service.load_timetable(session, me, body)
    return await reads.list_timetable(session, me)


@router.get("/deadlines", response_model=Deadlines, **operation(reads.list_deadlines))
async def list_deadlines(session: Session, me: Me) -> Any:
    """Read the next flex and freeze, and how much is still to do."""
    return await reads.list_deadlines(session, me)
