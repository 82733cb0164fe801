package dev.baculasync.preflight;

import static dev.baculasync.preflight.openstack.OpenStackVariable.*;

import dev.baculasync.preflight.openstack.OpenStackLogin.Method;
import dev.baculasync.preflight.openstack.OpenStackVariable;
import dev.baculasync.spi.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The usual {@code OS_*} variables: which are set, and which of these are not used here. Values that may be secret are never told. */
final class OpenStackVariables {
    private static final List<OpenStackVariable> OTHER_SCOPES =
            List.of(OS_DOMAIN_NAME, OS_DOMAIN_ID, OS_TRUST_ID, OS_SYSTEM_SCOPE);

    /** They choose among services and their versions, which a login does not need. */
    private static final List<OpenStackVariable> AFTER_LOGIN = List.of(
            OS_REGION_NAME,
            OS_INTERFACE,
            OS_ENDPOINT_TYPE,
            OS_SERVICE_TYPE,
            OS_COMPUTE_API_VERSION,
            OS_IMAGE_API_VERSION,
            OS_VOLUME_API_VERSION,
            OS_NETWORK_API_VERSION);

    private static final Set<String> OFF = Set.of("0", "false", "no", "off");

    private final Settings settings;

    OpenStackVariables(Settings settings) {
        this.settings = settings;
    }

    boolean isAnySet() {
        return Stream.of(OpenStackVariable.values()).anyMatch(this::isSet);
    }

    /** Tells each variable that is set and does not do here what it does elsewhere. */
    void tell(Findings findings, Method method) {
        cloudsFile(findings);
        OS_AUTH_TYPE
                .in(settings)
                .filter(type -> method == Method.OTHER)
                .ifPresent(type -> findings.warn(
                        "OS_AUTH_TYPE",
                        "\"" + type + "\" is not spoken here; password, token and application credential are",
                        "try the login with: openstack token issue"));
        OS_INSECURE
                .in(settings)
                .filter(value -> !OFF.contains(value.toLowerCase(Locale.ROOT)))
                .ifPresent(value -> findings.warn(
                        "OS_INSECURE",
                        "not used: a password is sent to nobody whose certificate is not verified",
                        "let OS_CACERT name the file with the CA's certificate"));
        OS_IDENTITY_API_VERSION
                .in(settings)
                .filter(version -> !version.startsWith("3"))
                .ifPresent(version -> findings.warn(
                        "OS_IDENTITY_API_VERSION",
                        "\"" + version + "\" is not used: version 3 is asked, the only one that Keystone still has",
                        "set it to 3, or unset it"));
        for (OpenStackVariable variable : List.of(OS_CERT, OS_KEY, OS_PASSCODE)) {
            if (isSet(variable)) {
                findings.warn(
                        variable.name(),
                        "not used: neither a client's certificate nor a second factor is sent",
                        "if Keystone asks for it, try the login with: openstack token issue");
            }
        }
        if (isSet(OS_TOKEN) && method != Method.TOKEN) {
            notUsed(findings, OS_TOKEN, "unset it, or set OS_AUTH_TYPE=token");
        }
        scopes(findings, method);
        String idle = AFTER_LOGIN.stream()
                .filter(this::isSet)
                .map(OpenStackVariable::name)
                .collect(Collectors.joining(", "));
        if (!idle.isEmpty()) {
            findings.ok("other variables", "not needed for a login: " + idle);
        }
    }

    private void cloudsFile(Findings findings) {
        Optional<String> cloud = OS_CLOUD.in(settings);
        if (cloud.isPresent()) {
            findings.warn(
                    "OS_CLOUD",
                    "\"" + cloud.get() + "\" is an entry of clouds.yaml, and preflight reads no clouds.yaml: "
                            + (isSet(OS_AUTH_URL)
                                    ? "what is checked is the login of the other OS_* variables"
                                    : "Keystone was not checked"),
                    "source an openrc file instead, or try the login with: openstack --os-cloud NAME token issue");
        }
        if (isSet(OS_CLIENT_CONFIG_FILE)) {
            notUsed(findings, OS_CLIENT_CONFIG_FILE, "set what it says as OS_* variables, as in an openrc file");
        }
    }

    private void scopes(Findings findings, Method method) {
        boolean project = Stream.of(OS_PROJECT_NAME, OS_PROJECT_ID, OS_TENANT_NAME, OS_TENANT_ID)
                .anyMatch(this::isSet);
        if (method == Method.APPLICATION_CREDENTIAL || project) {
            OTHER_SCOPES.stream()
                    .filter(this::isSet)
                    .forEach(variable -> notUsed(
                            findings, variable, "unset it; the login is for the project that is named besides"));
        }
        renamed(findings, OS_TENANT_NAME, OS_PROJECT_NAME);
        renamed(findings, OS_TENANT_ID, OS_PROJECT_ID);
    }

    private void renamed(Findings findings, OpenStackVariable old, OpenStackVariable now) {
        if (isSet(old) && isSet(now) && !old.in(settings).equals(now.in(settings))) {
            notUsed(findings, old, "unset it: it is the old name of " + now);
        }
    }

    private static void notUsed(Findings findings, OpenStackVariable variable, String advice) {
        findings.warn(variable.name(), "set, and not used", advice);
    }

    private boolean isSet(OpenStackVariable variable) {
        return variable.in(settings).isPresent();
    }
}
