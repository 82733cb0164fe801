package dev.baculasync.preflight;

import dev.baculasync.preflight.openstack.OpenStackLogin.Method;
import dev.baculasync.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The usual {@code OS_*} variables: which are set, and which of these are not used here. Values that may be secret are never told. */
final class OpenStackVariables {
    private static final List<String> LOGIN = List.of(
            "OS_AUTH_URL",
            "OS_AUTH_TYPE",
            "OS_USERNAME",
            "OS_USER_ID",
            "OS_PASSWORD",
            "OS_USER_DOMAIN_NAME",
            "OS_USER_DOMAIN_ID",
            "OS_PROJECT_NAME",
            "OS_PROJECT_ID",
            "OS_TENANT_NAME",
            "OS_TENANT_ID",
            "OS_PROJECT_DOMAIN_NAME",
            "OS_PROJECT_DOMAIN_ID",
            "OS_DEFAULT_DOMAIN",
            "OS_DEFAULT_DOMAIN_ID",
            "OS_DEFAULT_DOMAIN_NAME",
            "OS_APPLICATION_CREDENTIAL_ID",
            "OS_APPLICATION_CREDENTIAL_NAME",
            "OS_APPLICATION_CREDENTIAL_SECRET",
            "OS_CACERT");

    private static final List<String> OTHER_SCOPES =
            List.of("OS_DOMAIN_NAME", "OS_DOMAIN_ID", "OS_TRUST_ID", "OS_SYSTEM_SCOPE");
    private static final List<String> OTHERS = List.of(
            "OS_TOKEN",
            "OS_CLOUD",
            "OS_CLIENT_CONFIG_FILE",
            "OS_INSECURE",
            "OS_CERT",
            "OS_KEY",
            "OS_PASSCODE",
            "OS_IDENTITY_API_VERSION");

    /** They choose among services and their versions, which a login does not need. */
    private static final List<String> AFTER_LOGIN = List.of(
            "OS_REGION_NAME",
            "OS_INTERFACE",
            "OS_ENDPOINT_TYPE",
            "OS_SERVICE_TYPE",
            "OS_COMPUTE_API_VERSION",
            "OS_IMAGE_API_VERSION",
            "OS_VOLUME_API_VERSION",
            "OS_NETWORK_API_VERSION");

    private static final Set<String> OFF = Set.of("0", "false", "no", "off");

    private final Settings settings;

    OpenStackVariables(Settings settings) {
        this.settings = settings;
    }

    boolean isAnySet() {
        return Stream.of(LOGIN, OTHER_SCOPES, OTHERS, AFTER_LOGIN)
                .flatMap(List::stream)
                .anyMatch(this::isSet);
    }

    /** Tells each variable that is set and does not do here what it does elsewhere. */
    void tell(Findings findings, Method method) {
        cloudsFile(findings);
        settings.text("OS_AUTH_TYPE")
                .filter(type -> method == Method.OTHER)
                .ifPresent(type -> findings.warn(
                        "OS_AUTH_TYPE",
                        "\"" + type + "\" is not spoken here; password, token and application credential are",
                        "try the login with: openstack token issue"));
        settings.text("OS_INSECURE")
                .filter(value -> !OFF.contains(value.toLowerCase(Locale.ROOT)))
                .ifPresent(value -> findings.warn(
                        "OS_INSECURE",
                        "not used: a password is sent to nobody whose certificate is not verified",
                        "let OS_CACERT name the file with the CA's certificate"));
        settings.text("OS_IDENTITY_API_VERSION")
                .filter(version -> !version.startsWith("3"))
                .ifPresent(version -> findings.warn(
                        "OS_IDENTITY_API_VERSION",
                        "\"" + version + "\" is not used: version 3 is asked, the only one that Keystone still has",
                        "set it to 3, or unset it"));
        for (String variable : List.of("OS_CERT", "OS_KEY", "OS_PASSCODE")) {
            if (isSet(variable)) {
                findings.warn(
                        variable,
                        "not used: neither a client's certificate nor a second factor is sent",
                        "if Keystone asks for it, try the login with: openstack token issue");
            }
        }
        if (isSet("OS_TOKEN") && method != Method.TOKEN) {
            notUsed(findings, "OS_TOKEN", "unset it, or set OS_AUTH_TYPE=token");
        }
        scopes(findings, method);
        List<String> idle = AFTER_LOGIN.stream().filter(this::isSet).toList();
        if (!idle.isEmpty()) {
            findings.ok("other variables", "not needed for a login: " + String.join(", ", idle));
        }
    }

    private void cloudsFile(Findings findings) {
        Optional<String> cloud = settings.text("OS_CLOUD");
        if (cloud.isPresent()) {
            findings.warn(
                    "OS_CLOUD",
                    "\"" + cloud.get() + "\" is an entry of clouds.yaml, and preflight reads no clouds.yaml: "
                            + (isSet("OS_AUTH_URL")
                                    ? "what is checked is the login of the other OS_* variables"
                                    : "Keystone was not checked"),
                    "source an openrc file instead, or try the login with: openstack --os-cloud NAME token issue");
        }
        if (isSet("OS_CLIENT_CONFIG_FILE")) {
            notUsed(findings, "OS_CLIENT_CONFIG_FILE", "set what it says as OS_* variables, as in an openrc file");
        }
    }

    private void scopes(Findings findings, Method method) {
        List<String> set =
                new ArrayList<>(OTHER_SCOPES.stream().filter(this::isSet).toList());
        boolean project = Stream.of("OS_PROJECT_NAME", "OS_PROJECT_ID", "OS_TENANT_NAME", "OS_TENANT_ID")
                .anyMatch(this::isSet);
        if (method == Method.APPLICATION_CREDENTIAL || project) {
            set.forEach(variable ->
                    notUsed(findings, variable, "unset it; the login is for the project that is named besides"));
        }
        for (String kind : List.of("NAME", "ID")) {
            Optional<String> old = settings.text("OS_TENANT_" + kind);
            Optional<String> now = settings.text("OS_PROJECT_" + kind);
            if (old.isPresent() && now.isPresent() && !old.equals(now)) {
                notUsed(findings, "OS_TENANT_" + kind, "unset it: it is the old name of OS_PROJECT_" + kind);
            }
        }
    }

    private static void notUsed(Findings findings, String variable, String advice) {
        findings.warn(variable, "set, and not used", advice);
    }

    private boolean isSet(String variable) {
        return settings.text(variable).isPresent();
    }
}
