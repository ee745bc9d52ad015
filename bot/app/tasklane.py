"""Wiring: builds every part once, starts them in order, and stops them within ten seconds."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import errors, tracing
from bot.ai.choose import ModelSettings, choose
from bot.ai.measured import MeasuredProvider
from bot.ai.patient import Patience
from bot.ai.provider import Provider
from bot.app import http, keys, measuring, oauth, otel, slack_app
from bot.app.door import Door
from bot.app.readiness import Readiness
from bot.app.sockets import ANSWERING, Sockets
from bot.domain.ids import ChannelId, TeamId, Tenant
from bot.domain.installed import InstalledApp
from bot.domain.pacing.window import Limits
from bot.jobs import choose as jobs
from bot.jobs.queue import JobName
from bot.jobs.runner import Places, Runner
from bot.metrics import Metrics
from bot.services.installations import Installations
from bot.services.jobs import KINDS, Performer
from bot.services.services import Outside, Services
from bot.services.spending import Spending
from bot.services.tickets.connections import TicketAccess
from bot.services.work import WorkDatabase, random_id
from bot.settings import Settings, problems
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.measured import MeasuredLiveMessage
from bot.slack.messages.native_streams import NativeStreams
from bot.slack.messages.workspace import Messages
from bot.slack.web import faults
from bot.slack.web.client import SlackClients
from bot.storage import schema
from bot.storage.crypto import SecretKeyUnusable, Vault
from bot.storage.database import Database
from bot.storage.messages import StoredLedger
from bot.storage.pools import StoredSlots

GRACE: Final = 5.0
"""Seconds that running work gets to end when the app stops."""
_SLACK_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=5)
_AT_ONCE: Final = 400
"""Jobs at one time. Most of them wait: for the model, for an edit slot, or for their turn to post in a channel."""
_SLOW_AT_ONCE: Final = 150
"""How many of these may be replies and notes, so that the others always find a place."""
_SHARE: Final = 100
"""How many of these may be of one workspace, where there are several."""


@dataclass(slots=True, kw_only=True)
class Tasklane:
    """A running app. Made by `start`, ended by `stop`."""

    settings: Settings
    database: Database
    provider: Provider
    services: Services
    runner: Runner
    bolt: AsyncApp
    port: int
    _only: InstalledApp | None
    """The installation whose token is configured. It is None when installations are stored."""
    _web: AsyncWebClient
    _http: aiohttp.ClientSession
    _site: web.AppRunner
    _sockets: Sockets | None
    _warming: "asyncio.Task[None]"
    _readiness: Readiness
    _shared: tuple[EditBudget | NativeStreams, ...]
    """What asks the other replicas."""
    _lag: measuring.LoopLag
    _traces: otel.Otel | None
    _flow: oauth.InstallationFlow | None
    _begun: bool = False
    """Whether the app was ready once. Before that, the one line that says what is wrong is all that is said."""

    @classmethod
    async def start(
        cls,
        settings: Settings,
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        patience: Patience | None = None,
    ) -> "Tasklane":
        """Build and start everything. `ConfigurationError` says what is missing, before anything has started.

        `limits` are those of `chat.update`, `clock` says the unix time, and `patience` is how long models are waited
        for. A test hands in its own.
        """
        if found := problems(settings):
            raise errors.ConfigurationError(found)
        return await _Start(settings, limits or Limits(), clock, patience or Patience()).run()

    @property
    def identity(self) -> InstalledApp:
        """Who the app is in its one workspace. Raises LookupError when workspaces install it through OAuth."""
        if self._only is None:
            raise LookupError("the app has no token of its own")
        return self._only

    async def ready(self) -> str | None:
        """Say why the app cannot take work now. It is None when it can."""
        if self._sockets is not None and not self._sockets.connected:
            return "No Socket Mode connection to Slack is up."
        return await self._readiness.reason()

    @property
    def limits(self) -> list[str]:
        """Say what does not work although the app can take work, one line each."""
        return self._readiness.limits

    async def stop(self, grace: float = GRACE) -> None:
        """Take no new work, let the running work end or leave it to the next start, and close everything."""
        self._warming.cancel()
        self._lag.stop()
        taking_in = [self._site.cleanup()]
        if self._sockets is not None:
            taking_in.append(self._sockets.stop())
        # What still comes in while the running work ends is stored, and done by the next start.
        await asyncio.gather(*taking_in, self.runner.stop(grace))
        await self.services.members.close()
        await self.services.names.close()
        await self.services.connections.close()
        for asking in self._shared:
            await asking.close()
        await self.provider.close()
        await self._http.close()
        await self.database.close()
        tracing.use(None)
        if self._traces is not None:
            await asyncio.to_thread(self._traces.close)
        if self._begun:
            structlog.get_logger(__name__).info("stopped")


class _Start:
    """The steps of a start, in order."""

    def __init__(self, settings: Settings, limits: Limits, clock: Callable[[], float], patience: Patience) -> None:
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._patience = patience
        self._metrics = Metrics()
        self._vault: Vault | None = None
        self._traces: otel.Otel | None = None

    async def run(self) -> Tasklane:
        settings = self._settings
        async with contextlib.AsyncExitStack() as undo:
            database = Database.open(settings.database_url, settings.tasklane_db_pool)
            undo.push_async_callback(database.close)
            self._vault = _vault(settings)
            self._traces = otel.opened(settings)
            await _prepare(database, settings)
            measuring.database(self._metrics, database, time.perf_counter, self._clock)
            trace = measuring.slack_calls(self._metrics, settings.slack_api_url, time.perf_counter)
            session = aiohttp.ClientSession(timeout=_SLACK_TIMEOUT, trace_configs=[trace])
            undo.push_async_callback(session.close)
            app = await self._built(database, session)
            undo.pop_all()
            undo.push_async_callback(app.stop)
            await self._open(app)
            undo.pop_all()
        return app

    async def _built(self, database: Database, session: aiohttp.ClientSession) -> Tasklane:
        settings = self._settings
        slack_web = web_client(settings, session, None)
        only = None
        if not settings.oauth:
            assert settings.slack_bot_token is not None
            slack_web = web_client(settings, session, settings.slack_bot_token.get_secret_value())
            only = await _identify(slack_web, settings)
        provider = choose(
            model_settings(settings),
            clock=time.monotonic,
            sleep=asyncio.sleep,
            patience=self._patience,
            around=partial(MeasuredProvider, metrics=self._metrics),
        )
        services, runner, shared, clients = self._parts(database, session, provider, only)
        flow = self._flow(slack_web, services, database) if settings.oauth else None
        bolt = slack_app.build(settings.slack_api_url, services, flow)
        installation = clients.of(only.tenant).installation if only is not None else None
        problems = (lambda: installation.problems) if installation is not None else (lambda: clients.problems)
        signed = not settings.socket_mode
        return Tasklane(
            settings=settings,
            database=database,
            provider=provider,
            services=services,
            runner=runner,
            bolt=bolt,
            port=settings.port,
            _only=only,
            _web=slack_web,
            _http=session,
            _site=web.AppRunner(web.Application()),
            _sockets=None,
            _warming=asyncio.create_task(_warm(provider)),
            _readiness=Readiness(database, slack_web, installation, problems, self._clock, signed=signed),
            _shared=shared,
            _lag=measuring.LoopLag(self._metrics),
            _traces=self._traces,
            _flow=flow,
        )

    def _flow(self, slack_web: AsyncWebClient, services: Services, database: Database) -> oauth.InstallationFlow:
        """Make the flow through which workspaces install the app."""
        settings = self._settings
        assert settings.slack_client_id is not None
        assert settings.slack_client_secret is not None
        return oauth.flow(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            api=slack_web,
            services=services,
            states=oauth.StoredStates(database, self._clock),
        )

    def _parts(
        self,
        database: Database,
        session: aiohttp.ClientSession,
        provider: Provider,
        only: InstalledApp | None,
    ) -> tuple[Services, Runner, tuple[EditBudget | NativeStreams, ...], SlackClients]:
        runner = self._runner(database, several=only is None)
        slots = StoredSlots(database, random_id(), lambda: runner.replicas)
        budget = EditBudget(self._limits, slots)
        streams = NativeStreams(self._settings.tasklane_transport, slots=slots)
        measuring.budgets(self._metrics, budget, *streams.budgets)
        work = WorkDatabase(database, runner, KINDS, self._clock, self._metrics)
        installations = Installations(work, self._vault, only)
        clients = SlackClients(
            WebClients(self._settings, session, installations).of,
            session,
            asyncio.sleep,
            installations.get,
            self._metrics,
        )
        channel = self._settings.tasklane_notes_channel
        outside = Outside(
            slack=clients,
            messages=Messages(
                clients,
                partial(StoredLedger, database),
                budget,
                streams,
                partial(MeasuredLiveMessage, self._metrics, time.perf_counter),
            ),
            provider=provider,
            installations=installations,
            engineers=self._settings.engineers,
            notes_channel=ChannelId(channel) if channel else None,
            patience=self._patience,
            spending=_spending(self._settings),
            session_tokens=self._settings.tasklane_session_tokens,
            idle=self._settings.tasklane_idle_days * 24 * 3600.0,
            files_kept=self._settings.tasklane_files_kept_days * 24 * 3600.0,
            retention_days=self._settings.tasklane_retention_days,
            tickets=TicketAccess(vault=self._vault, allow_private=self._settings.tasklane_allow_private_hosts),
        )
        return Services(work, outside), runner, (budget, streams), clients

    def _runner(self, database: Database, *, several: bool) -> Runner:
        """Make the queue and its runner, for one workspace or for several."""
        runner = jobs.choose(database, self._clock, _AT_ONCE, frozenset(JobName))
        slow = frozenset(name for name, kind in KINDS.items() if kind.slow)
        runner.places = Places(
            slow=slow,
            quick=frozenset(JobName) - slow,
            most=_SLOW_AT_ONCE,
            share=_SHARE if several else 0,
            beside=frozenset({JobName.HOME}),  # notes and replies need not wait for a tab that nobody may look at
        )
        return runner

    async def _open(self, app: Tasklane) -> None:
        settings = self._settings
        secret = settings.slack_signing_secret
        door = Door(time.monotonic)
        app._site = web.AppRunner(
            http.endpoints(
                app.bolt,
                secret.get_secret_value() if secret and not settings.socket_mode else None,
                app.ready,
                lambda: app.limits,
                self._metrics,
                door,
                app._flow,
            ),
            access_log=None,
            shutdown_timeout=ANSWERING,
        )
        await app._site.setup()
        try:
            await web.TCPSite(app._site, settings.host, settings.port).start()
        except OSError as taken:
            raise errors.ConfigurationError([http.cannot_listen(settings.host, settings.port, taken)]) from None
        app.port = app._site.addresses[0][1]
        tracing.use(self._traces)
        await app.services.housekeeping.schedule()
        tenants = await app.services.installations.begin()
        for tenant in tenants:
            await app.services.retention.schedule(tenant)
        await app.runner.start(Performer(app.services, self._metrics))
        if settings.slack_app_token is not None:
            token = settings.slack_app_token.get_secret_value()
            app._sockets = Sockets(app.bolt, app._web, app._http, token, door, self._metrics)
            await _connect(app._sockets)
        app._begun = True
        structlog.get_logger(__name__).info("ready", count=len(tenants), port=app.port)


def _spending(settings: Settings) -> Spending:
    """Read the limits on what people and workspaces may use."""
    return Spending(
        turns=settings.tasklane_turns_a_minute,
        turns_of_all=settings.tasklane_turns_a_minute_of_all,
        tokens=settings.tasklane_tokens_a_day,
        tokens_of_all=settings.tasklane_tokens_a_day_of_all,
        dollars=settings.tasklane_dollars_a_month,
    )


class WebClients:
    """The Web API of each workspace, with the token that the app has there."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, installations: Installations) -> None:
        self._settings = settings
        self._session = session
        self._installations = installations
        self._made: dict[TeamId, tuple[InstalledApp, AsyncWebClient]] = {}

    def of(self, tenant: Tenant) -> AsyncWebClient:
        """Return the Web API of a workspace. Raises `InstallationGone` where the app is not installed."""
        installed = self._installations.get(tenant.team)
        if installed is None:
            self._made.pop(tenant.team, None)
            raise errors.InstallationGone("not_installed")
        made = self._made.get(tenant.team)
        if made is None or (made[0] is not installed and made[0] != installed):
            made = self._made[tenant.team] = installed, web_client(self._settings, self._session, installed.token)
        return made[1]


def web_client(settings: Settings, session: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    """Make a client of Slack's Web API, for one token or for none."""
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session, retry_handlers=[])


async def _prepare(database: Database, settings: Settings) -> None:
    """Claim the database. SQLite is brought up to date here, PostgreSQL by the operator."""
    database.claim()
    if not database.shared:
        await asyncio.to_thread(schema.upgrade, settings.database_url)
    if not await schema.ready(database):
        raise errors.ConfigurationError(["The database is behind this version. Run `tasklane db upgrade`."])


async def _connect(sockets: Sockets) -> None:
    try:
        await sockets.start()
    except SlackApiError as refused:
        raise errors.ConfigurationError(
            [slack_app.token_refused("SLACK_APP_TOKEN", faults.named(refused).error)]
        ) from None


async def _identify(slack_web: AsyncWebClient, settings: Settings) -> InstalledApp:
    try:
        return await slack_app.identify(slack_web)
    except SlackApiError as refused:
        error = faults.named(refused).error
        raise errors.ConfigurationError([slack_app.token_refused("SLACK_BOT_TOKEN", error)]) from None
    except faults.TRANSPORT:
        raise errors.ConfigurationError(
            [f"SLACK_API_URL: {settings.slack_api_url} does not answer. Check the address and the network."]
        ) from None


def _vault(settings: Settings) -> Vault | None:
    try:
        return keys.vault(settings)
    except SecretKeyUnusable as wrong:
        raise errors.ConfigurationError([wrong.problem]) from wrong


def model_settings(settings: Settings) -> ModelSettings:
    """Return what the configuration says about the model."""
    anthropic, gemini = settings.anthropic_api_key, settings.gemini_api_key
    return ModelSettings(
        provider=settings.tasklane_provider,
        model=settings.tasklane_model,
        notes_model=settings.tasklane_notes_model,
        anthropic_key=anthropic.get_secret_value() if anthropic else None,
        anthropic_url=settings.anthropic_base_url,
        gemini_key=gemini.get_secret_value() if gemini else None,
        gemini_url=settings.gemini_base_url,
        script=settings.tasklane_script,
    )


async def _warm(provider: Provider) -> None:
    """Pay the model's first-use costs beside the start. A provider that is down must not keep the app down."""
    try:
        await provider.warm()
    except errors.ModelFault as fault:
        structlog.get_logger(__name__).warning("model not warmed", fault=type(fault).__name__)
