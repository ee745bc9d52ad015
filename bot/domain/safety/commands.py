"""Secrets that stand where a command, or the configuration of a network device, takes one.

Every gap is bounded, so that hostile input costs linear time.
"""

from typing import Final

from bot.domain.safety.shapes import shape
from bot.domain.safety.words import dense, looks_secret, unusual

_ARG: Final = r"""(?P<s>"[^"\n]{1,200}"|'[^'\n]{1,200}'|(?!\[removed)[^\s"'$%(<|;&-][^\s"'|;]{0,199})"""
_GAP: Final = r"(?:\.exe\b)?\"?(?:\s{1,20}[^\s|]{1,200}+){0,40}?"
"""The end of a program's name, and the arguments in between."""
_NET_USER: Final = r"\bnet1?(?:\.exe)?\s{1,5}user\s{1,5}(?:\"[^\"\n]{1,64}\"|[^\s\"/]{1,64})\s{1,5}"

_WINDOWS: Final = (
    shape(
        "net, net1",
        _NET_USER,
        r"(?P<s>\"[^\"\n]{1,200}\"|[^\s\"/*<>|&][^\s\"]{3,199})(?=\s{1,5}/|\s{0,5}\Z|[ \t]{0,5}[\n`])",
        accept=unusual,
    ),
    shape("net, net1", _NET_USER, r"(?P<s>\"[^\"\n]{1,200}\"|[^\s\"/*<>|&][^\s\"]{3,199})", accept=looks_secret),
    shape(
        "net, net1",
        r"\bnet1?(?:\.exe)?\s{1,5}use",
        _GAP,
        r"\s\"?\\\\[^\s\"]{1,200}\"?\s{1,5}(?P<s>\"[^\"\n]{1,200}\"|[^\s/*\"][^\s\"]{3,199})",
        accept=unusual,
    ),
    shape(
        "net, net1", r"\bnet1?(?:\.exe)?\s{1,5}use", _GAP, r"\s/u(?:ser)?:\S{1,100}\s{1,5}", _ARG, accept=looks_secret
    ),
    shape(
        "xfreerdp, wfreerdp, xfreerdp3, wfreerdp3, rdesktop",
        r"\b(?:[xw]freerdp3?|rdesktop)\b",
        _GAP,
        r"\s[/-]p:?+\s?+",
        _ARG,
    ),
    shape(
        "securestring",
        r"\bconvertto-securestring\s{1,5}(?:-(?:string|asplaintext|force)\s{1,5}){0,3}",
        _ARG,
    ),
    shape(
        "securestring",
        r"(?<!\w)(?P<s>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')\s{0,3}\|\s{0,3}convertto-securestring",
    ),
    shape(
        "networkcredential, pscredential",
        r"\b(?:network|ps)credential(?:\]::new)?\s{0,2}\(\s{0,2}(?:\"[^\"\n]{1,100}\"|'[^'\n]{1,100}'|\$\w{1,40})\s{0,2},\s{0,2}",
        r"(?P<s>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')",
    ),
    shape(
        "sz",
        r"(?:password|passwort|pwd|secret|token|apikey)\"?\s{1,20}reg_(?:expand_)?sz\s{1,20}(?P<s>\S{3,199})",
        accept=unusual,
    ),
    shape("schtasks", r"\bschtasks\b", _GAP, r"\s/rp\s{1,3}", _ARG, accept=unusual),
    shape(
        "p, pwd, pass",
        r"(?<!\S)[-/]u(?:ser)?:\S{1,100}",
        _GAP,
        r"\s[-/]p(?:wd|ass)?:\s?+(?!\w+=)",
        _ARG,
        accept=unusual,
    ),
    shape("p, pwd, pass", r"(?<!\S)/p(?:wd|ass)?:\s?+(?!\w+=)", _ARG, accept=dense),
    shape("netdom", r"\bnetdom\b", _GAP, r"\s/p(?:assword)?[do]:\s?", _ARG, accept=unusual),
    shape("runas", r"\brunas\b", _GAP, r"\s/user:\S{1,100}\s{1,5}", _ARG, accept=dense),
    shape("certutil, signtool, pvk2pfx", r"\b(?:certutil|signtool|pvk2pfx)\b", _GAP, r"\s[-/]p(?:i|o)?\s{1,3}", _ARG),
    shape(
        "rasdial",
        r"\brasdial(?:\.exe)?\s{1,5}(?:\"[^\"\n]{1,64}\"|[^\s\"/]{1,64})\s{1,5}[^\s/]{1,64}\s{1,5}",
        _ARG,
        accept=unusual,
    ),
    shape(
        "autologon, autologon64",
        r"\bautologon(?:64)?(?:\.exe)?\s{1,5}[^\s/]{1,64}\s{1,5}[^\s/]{1,64}\s{1,5}",
        _ARG,
        accept=unusual,
    ),
    shape(
        "reg",
        r"\breg(?:\.exe)?\s{1,5}add\b[^\n]{0,300}?\s/v\s{1,3}\"?[\w ]{0,40}(?:password|pwd|secret|token)\"?",
        _GAP,
        r"\s/d\s{1,3}",
        _ARG,
        accept=unusual,
    ),
    shape(
        "admpwd, mslaps",
        r"\b(?:ms-mcs-admpwd|mslaps-(?:encrypted)?password)\b(?!expir)[\s:=]{1,40}\{?(?P<s>[^\s{}\"]{4,64})",
        accept=unusual,
    ),
    shape("t", r"\"t\\?\"\s?:\s?\\?\"[0-9a-f]{10,20}\\?\",\s?\\?\"p\\?\"\s?:\s?\\?\"(?P<s>[^\"\n]{4,200})\""),
)
_TOOLS: Final = (
    shape("sqlcmd, osql, bcp, isql", r"\b(?:sqlcmd|osql|bcp|isql)\b", _GAP, r"\s(?-i:-P)\s{0,3}", _ARG),
    shape(
        "sqlplus, rman, expdp, impdp, exp, imp",
        r"\b(?:sqlplus|rman|expdp|impdp|exp|imp)\b",
        _GAP,
        r"\s(?:userid=)?\"?[\w$#]{1,64}/(?P<s>[^\s@/\"]{1,100})@",
    ),
    shape(
        "curl, wget, http",
        r"\b(?:curl|wget|http)\b",
        _GAP,
        r"\s(?:-u|--user|--proxy-user|-a)[\s=]{0,3}[\"']?[^\s:\"']{1,100}:(?P<s>[^\s\"']{1,200})",
    ),
    shape(
        "mysql, mysqldump, mysqladmin, mariadb",
        r"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b",
        _GAP,
        r"\s(?-i:-p)(?P<s>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[^\s\"'$%][^\s\"']{0,199})",
    ),
    shape(
        "sshpass, psexec, psexec64, docker, podman, helm, mongo, mongosh, mongodump, mongorestore, az, winrs, esxcli, "
        "useradd, usermod",
        r"\b(?:sshpass|psexec(?:64)?|(?:docker|podman|helm registry) login|mongo(?:sh|dump|restore)?|az login|winrs"
        r"|esxcli|useradd|usermod)\b",
        _GAP,
        r"\s-p[\s:=]{0,3}+",
        _ARG,
        accept=unusual,
    ),
    shape("plink, pscp, psftp, putty", r"\b(?:plink|pscp|psftp|putty)\b", _GAP, r"\s-pw\s{1,3}", _ARG),
    shape("redis", r"\bredis-cli\b", _GAP, r"\s(?:-a|--pass)\s{1,3}", _ARG),
    shape("requirepass, masterauth", r"\b(?:requirepass|masterauth)\s{1,5}", _ARG, accept=unusual),
    shape(
        "ldapsearch, ldapmodify, ldapadd, ldapwhoami, ldappasswd, ldapdelete",
        r"\bldap(?:search|modify|add|whoami|passwd|delete)\b",
        _GAP,
        r"\s-w\s{0,3}",
        _ARG,
    ),
    shape("ipmitool", r"\bipmitool\b", _GAP, r"\s(?-i:-P)\s{0,3}", _ARG),
    shape(
        "smbclient, rpcclient, rpc, smbmap",
        r"\b(?:smbclient|rpcclient|net rpc|smbmap)\b",
        _GAP,
        r"\s-U\s{0,3}[^\s%]{1,100}%(?P<s>\S{1,200})",
    ),
    shape(
        "unzip, zip, 7z, 7za, rar",
        r"\b(?:unzip|7z|7za|zip|rar)\b",
        _GAP,
        r"\s-p\s?(?P<s>[^\s-]\S{3,99})",
        accept=looks_secret,
    ),
    shape(
        "snmpwalk, snmpget, snmpbulkwalk, snmpset, snmpgetnext, snmptable",
        r"\bsnmp(?:walk|get|bulkwalk|set|getnext|table)\b",
        _GAP,
        r"\s(?-i:-[cAX])\s{0,3}",
        _ARG,
    ),
    shape("wpa", r"\bwpa_passphrase\s{1,5}(?:\"[^\"\n]{1,32}\"|\S{1,32})\s{1,5}", _ARG),
    shape(
        "nmcli, netsh",
        r"\b(?:nmcli|netsh)\b",
        _GAP,
        r"\s(?:password|psk|wifi-sec\.psk)[\s=]{1,3}",
        _ARG,
        accept=unusual,
    ),
    shape(
        "password, adminpassword, accountpassword, newpassword, oldpassword, userpassword, defaultpassword, "
        "domainpassword, bindpassword, pfxpassword, certpassword, proxypassword, smtppassword, "
        "safemodeadministratorpassword, passwd, passphrase, pwd, pass, rp, secret, clientsecret, token, apikey, key",
        r"[-/](?<![\w/-].)-?(?:(?:[a-z]{3,20}-?)?password|passwd|passphrase|pwd|pass|rp|(?:client-?)?secret|token",
        r"|api-?key)(?:[=:]\s{0,2}|\s{1,3})",
        _ARG,
        accept=unusual,
    ),
    shape(
        "pgpassword, pgpass, pwd, sshpass, rclone, rediscli",
        r"\b(?:pgpassword|mysql_pwd|sshpass|pgpass|rclone_pass|rediscli_auth)\s{0,2}=\s{0,2}",
        _ARG,
    ),
    shape(
        "echo, printf",
        r"\b(?:echo|printf)\s{1,3}(?:-\w\s{1,3})?[\"']?(?P<s>[^\s\"'|][^\n\"'|]{0,100}?)[\"']?\s{0,3}\|\s{0,3}",
        r"(?:sudo\s{1,3}(?:-S\b|passwd|chpasswd)|passwd|chpasswd|docker login|kinit|runas|cryptsetup|vncpasswd)",
    ),
    shape("kinit, chpasswd, sudo", r"\b(?:kinit|chpasswd|sudo)\b", _GAP, r"\s?<<<\s{0,3}", _ARG),
    shape(
        "keytool, jarsigner",
        r"\b(?:keytool|jarsigner)\b",
        _GAP,
        r"\s-(?:src|dest)?(?:store|key)pass(?:wd)?\s{1,3}",
        _ARG,
        accept=unusual,
    ),
    shape("keygen", r"\bssh-keygen\b", _GAP, r"\s(?-i:-[PN])\s{1,3}", _ARG, accept=unusual),
    shape("htpasswd", r"\bhtpasswd\s{1,5}-\w{0,4}b\w{0,4}\s{1,5}\S{1,200}\s{1,5}\S{1,64}\s{1,5}", _ARG),
    shape("lftp", r"\blftp\b", _GAP, r"\s(?:-u|--user)\s{0,3}[^\s,]{1,64},(?P<s>[^\s\"']{1,200})"),
    shape(
        "define",
        r"\bdefine\(\s{0,3}[\"'][\w.]{0,40}(?:pass|passwd|password|pwd|secret|token|_key|salt)[\"']\s{0,3},\s{0,3}",
        r"(?P<s>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')",
        accept=unusual,
    ),
    shape(
        "vncpasswd, radtest, smbpasswd",
        r"\b(?:vncpasswd|smbpasswd\s{1,5}-a\s{1,5}\S{1,64}|radtest\s{1,5}\S{1,64})\s{1,5}",
        _ARG,
        accept=unusual,
    ),
    shape(
        "u, user, username, login",
        r"(?<!\S)--?u(?:ser(?:name)?)?[\s=:]\s{0,3}[^\s-]\S{0,99}",
        _GAP,
        r"\s--?p(?:w|wd|ass)?[\s=:]\s{0,3}+",
        _ARG,
        accept=dense,
    ),
    shape("passin, passout", r"-pass(?:in|out)\s{1,3}pass:(?P<s>\S{1,200})"),
)
_NETWORK: Final = (
    shape("snmp", r"\bsnmp-server\s{1,5}community\s{1,5}(?P<s>\S{1,100})"),
    shape(
        "snmp",
        r"\bsnmp-server\s{1,5}host\s{1,5}",
        r"(?:\S{1,60}\s{1,3}){1,4}?version\s{1,3}[12]c?\s{1,3}(?P<s>\S{1,100})",
    ),
    shape(
        "community",
        r"\bsnmp(?:v?[123]c?)? community(?: string)?\s{1,3}[\"']?(?P<s>[^\s\"']{4,100})",
        accept=looks_secret,
    ),
    shape(
        "radius, tacacs",
        r"\b(?:radius|tacacs)(?:-server)?\b",
        _GAP,
        r"\skey\s{1,3}(?:\d\s{1,3})?(?P<s>\S{4,100})",
        accept=unusual,
    ),
    shape(
        "auth, priv",
        r"(?<![a-z])(?:auth|priv)\s{1,3}(?:md5|sha|sha-?\d{3}|des|3des|aes)\s{1,3}",
        r"(?:(?:128|192|256)\s{1,3})?(?P<s>\S{6,100})",
        accept=unusual,
    ),
    shape("authentication, privacy", r"\b(?:authentication|privacy)-password\s{1,3}(?P<s>\S{4,100})", accept=unusual),
    shape(
        "enable, username, user",
        r"\b(?:enable|user(?:name)? \S{1,64}(?: privilege \d{1,2}| role \S{1,30}){0,2})\s{1,3}",
        r"(?:algorithm-type \S{1,20} )?(?:secret|password)\s{1,3}(?:(?:\d|sha512|encrypted)\s{1,3})?(?P<s>\S{4,200})",
        accept=unusual,
    ),
    shape(
        "isakmp, shared, psk, tacacs, radius, string, digest, neighbor, encrypted, authentication",
        r"\b(?:isakmp key|(?:tacacs|radius)-server key|key-string|wpa-psk (?:ascii|hex)|message-digest-key \d{1,3} md5",
        r"|neighbor \S{1,60} password|encrypted-password|authentication-key(?: \d{1,5} md5)?",
        r"|pre-shared-key(?: (?:local|remote|ascii-text|hexadecimal|address \S{1,60} key)){0,2})",
        r"\s{1,3}(?:\d\s{1,3})?[\"']?(?P<s>[^\s\"']{4,200})",
        accept=unusual,
    ),
    shape(
        "key, password, secret",
        r"\b(?:key|password|secret)\s{1,3}(?:5|7|8|9)\s{1,3}(?P<s>[^\s\"']{8,200})",
        accept=looks_secret,
    ),
    shape(
        "set",
        r"\bset\s{1,3}(?:psksecret|password|passwd|passphrase|secret|key|auth-pwd|priv-pwd)\s{1,3}(?:enc\s{1,3})?[\"']?(?P<s>[^\s\"']{6,400})",
        accept=looks_secret,
    ),
)

COMMANDS: Final = (*_WINDOWS, *_TOOLS, *_NETWORK)
"""What a command says beside it."""
