package dev.baculasync.preflight;

import dev.baculasync.preflight.openstack.Keystone;
import dev.baculasync.preflight.openstack.OpenStackLogin;
import dev.baculasync.preflight.openstack.OpenStackVariable;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * OpenStack's own API, as the usual {@code OS_*} variables lead to it. Runs never use it: the plugin on the proxy has
 * credentials of its own, which cannot be seen from here.
 */
final class OpenStackSection implements Section {
    private static final String CREDENTIALS = "credentials";
    /** Variables of the host. */
    private static final List<Setting<String>> PROXIES = Stream.of("https_proxy", "HTTPS_PROXY", "http_proxy")
            .map(name -> Setting.text(name, ""))
            .toList();

    private final Settings settings;
    private final Function<@Nullable Path, Keystone> keystone;

    /**
     * @param keystone makes one that trusts the authorities in a file, or, for null, those that Java trusts
     */
    OpenStackSection(Settings settings, Function<@Nullable Path, Keystone> keystone) {
        this.settings = settings;
        this.keystone = keystone;
    }

    @Override
    public String name() {
        return "OpenStack API";
    }

    @Override
    public void check(Findings findings) {
        OpenStackVariables variables = new OpenStackVariables(settings);
        if (!variables.isAnySet()) {
            findings.warn(
                    "Keystone",
                    "not checked: no OS_* variable is set, and the plugin's own credentials are on the proxies",
                    "source an openrc file before preflight to have it checked");
            return;
        }
        OpenStackLogin login = new OpenStackLogin(settings);
        variables.tell(findings, login.method());
        if (OpenStackVariable.OS_AUTH_URL.in(settings).isEmpty()
                && OpenStackVariable.OS_CLOUD.in(settings).isPresent()) {
            return;
        }
        List<String> problems = login.problems();
        problems.forEach(problem -> findings.fail(
                problem.substring(0, problem.indexOf(' ')), problem, "source a whole openrc file, or unset all OS_*"));
        if (problems.stream().anyMatch(problem -> problem.startsWith("OS_AUTH_URL"))) {
            findings.fail("endpoint", "not checked without a usable OS_AUTH_URL", "set it to Keystone's address");
            return;
        }
        Keystone service;
        try {
            service = keystone.apply(authority());
        } catch (ProviderException | InvalidPathException e) {
            findings.fail("OS_CACERT", String.valueOf(e.getMessage()), "let it name a file with PEM certificates");
            return;
        }
        if (!reach(findings, login, service) || !problems.isEmpty()) {
            findings.fail(CREDENTIALS, "not checked because of the above", "mend that first");
        } else if (login.method() == OpenStackLogin.Method.OTHER) {
            findings.warn(CREDENTIALS, "not checked because of OS_AUTH_TYPE", "try: openstack token issue");
        } else {
            authenticate(findings, login, service);
        }
    }

    private @Nullable Path authority() {
        Optional<String> file = OpenStackVariable.OS_CACERT.in(settings);
        return file.isPresent() ? Path.of(file.get()) : null;
    }

    private boolean reach(Findings findings, OpenStackLogin login, Keystone service) {
        String endpoint = login.endpoint().toString();
        try {
            Keystone.Answer answer = service.reach(login.endpoint());
            if (answer.status() >= 500) {
                findings.fail(
                        "endpoint", endpoint + " answers with status " + answer.status(), "look at Keystone's log");
                return false;
            }
            if (login.isPlain()) {
                findings.warn(
                        "endpoint",
                        endpoint + " answers, but passwords travel to it unencrypted",
                        "use an https address in OS_AUTH_URL");
            } else {
                findings.ok("endpoint", endpoint + " answers");
            }
            return true;
        } catch (ProviderException e) {
            findings.fail(
                    "endpoint",
                    new ProviderException(e.code(), endpoint + " cannot be reached: " + e.getMessage(), e),
                    "look at OS_AUTH_URL, at the network between here and there, and for https at OS_CACERT"
                            + (PROXIES.stream()
                                            .anyMatch(proxy ->
                                                    settings.text(proxy).isPresent())
                                    ? "; the proxy that *_proxy names is not used here"
                                    : ""));
            return false;
        }
    }

    private static void authenticate(Findings findings, OpenStackLogin login, Keystone service) {
        String who = login.who();
        Keystone.Answer answer;
        try {
            answer = service.authenticate(login.endpoint(), login.tokenRequest());
        } catch (ProviderException e) {
            findings.fail(CREDENTIALS, e, "look at Keystone's log");
            return;
        }
        int status = answer.status();
        if (status == 201) {
            findings.ok(CREDENTIALS, who + ": accepted");
        } else if (status == 401 || status == 403) {
            findings.fail(
                    CREDENTIALS,
                    who + ": refused (status " + status + ")",
                    "look at user, password, project and domains; OS_USER_DOMAIN_NAME and OS_PROJECT_DOMAIN_NAME are"
                            + " often the ones that lack");
        } else if (status >= 300 && status < 400) {
            findings.fail(
                    CREDENTIALS,
                    "redirected to " + answer.redirection().orElse("nowhere")
                            + ", which is not followed with a password",
                    "let OS_AUTH_URL name the right address itself");
        } else {
            findings.fail(
                    CREDENTIALS,
                    login.endpoint() + "/auth/tokens answers with status " + status,
                    status == 404
                            ? "let OS_AUTH_URL name Keystone, e.g. https://HOST:5000/v3"
                            : "look at Keystone's log");
        }
    }
}
