package dev.baculasync.preflight.openstack;

import com.google.common.collect.Sets;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Setting.Trait;
import dev.baculasync.spi.Settings;
import java.util.Optional;
import java.util.Set;

/** The variables of an openrc file. */
public enum OpenStackVariable {
    OS_AUTH_URL,
    OS_AUTH_TYPE,
    OS_USERNAME,
    OS_USER_ID,
    OS_PASSWORD,
    OS_USER_DOMAIN_NAME,
    OS_USER_DOMAIN_ID,
    OS_PROJECT_NAME,
    OS_PROJECT_ID,
    OS_TENANT_NAME,
    OS_TENANT_ID,
    OS_PROJECT_DOMAIN_NAME,
    OS_PROJECT_DOMAIN_ID,
    OS_DEFAULT_DOMAIN,
    OS_DEFAULT_DOMAIN_ID,
    OS_DEFAULT_DOMAIN_NAME,
    OS_APPLICATION_CREDENTIAL_ID,
    OS_APPLICATION_CREDENTIAL_NAME,
    OS_APPLICATION_CREDENTIAL_SECRET,
    OS_CACERT,
    OS_DOMAIN_NAME,
    OS_DOMAIN_ID,
    OS_TRUST_ID,
    OS_SYSTEM_SCOPE,
    OS_TOKEN,
    OS_CLOUD,
    OS_CLIENT_CONFIG_FILE,
    OS_INSECURE,
    OS_CERT,
    OS_KEY,
    OS_PASSCODE,
    OS_IDENTITY_API_VERSION,
    OS_REGION_NAME,
    OS_INTERFACE,
    OS_ENDPOINT_TYPE,
    OS_SERVICE_TYPE,
    OS_COMPUTE_API_VERSION,
    OS_IMAGE_API_VERSION,
    OS_VOLUME_API_VERSION,
    OS_NETWORK_API_VERSION;

    private static final Set<OpenStackVariable> SECRETS =
            Sets.immutableEnumSet(OS_PASSWORD, OS_APPLICATION_CREDENTIAL_SECRET, OS_TOKEN, OS_PASSCODE);

    public Setting<String> setting() {
        Setting<String> setting = Setting.text(
                name(),
                "as in an openrc file (OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME, OS_CACERT, ...); only for"
                        + " preflight, which logs in to Keystone with them, and tells which it does not use");
        return SECRETS.contains(this) ? setting.with(Trait.SHARED, Trait.SECRET) : setting.with(Trait.SHARED);
    }

    /** Its value, if it is set and not empty. */
    public Optional<String> in(Settings settings) {
        return settings.find(setting());
    }
}
