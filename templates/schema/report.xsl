<?xml version="1.0" encoding="UTF-8"?>
<!-- The decision page of report.xml for a browser, or for xsltproc. A copy of this file stands beside every report. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:r="urn:dossier:report:1" exclude-result-prefixes="r">
	<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>
	<xsl:template match="/r:report">
		<html lang="en">
			<head>
				<title>dossier <xsl:value-of select="r:change/@id"/></title>
				<style>
					body { font: 15px/1.5 sans-serif; color: #1b1f24; max-width: 62em; margin: 2em auto; padding: 0 1em }
					table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em }
					th, td { text-align: left; padding: .25em .6em; border-bottom: 1px solid #d5d9de; vertical-align: top }
					.n { text-align: right; font-variant-numeric: tabular-nums }
					.verdict { border: 2px solid; border-left-width: 14px; padding: .6em 1em }
					.fail { color: #8b1a1a } .pass { color: #1d6b3a } .verdict li { color: #1b1f24 }
				</style>
			</head>
			<body>
				<h1><xsl:value-of select="r:change/@title"/><xsl:if test="not(r:change)">Change evidence</xsl:if></h1>
				<p><xsl:value-of select="r:change/@id"/> · as of <xsl:value-of select="@as_of"/> · owner <xsl:value-of select="r:change/@owner"/> · approver <xsl:value-of select="r:change/@approver"/></p>
				<xsl:apply-templates select="r:verdict"/>
				<xsl:apply-templates select="r:summary"/>
				<xsl:apply-templates select="r:objectives[r:objective]"/>
				<xsl:apply-templates select="r:exceptions[r:exception]"/>
				<xsl:apply-templates select="r:controls[r:framework]"/>
				<p>Evidence digest (SHA-256): <code><xsl:value-of select="@evidence_digest"/></code></p>
				<p>Findings, evidence and hashes are further below in report.xml, and in report.pdf beside it.</p>
			</body>
		</html>
	</xsl:template>

	<xsl:template match="r:verdict">
		<div class="verdict {@state}">
			<h2><xsl:choose><xsl:when test="@state = 'pass'">READY</xsl:when><xsl:otherwise>NOT READY</xsl:otherwise></xsl:choose></h2>
			<p><xsl:value-of select="count(r:rule[@state = 'fail' and not(@advisory = 'true')])"/> of <xsl:value-of select="count(r:rule)"/> rules fail</p>
			<ul>
				<xsl:for-each select="r:rule[@state = 'fail' and not(@advisory = 'true')]">
					<li><strong><xsl:value-of select="@title"/></strong>: <xsl:value-of select="@value"/>, limit <xsl:value-of select="@limit"/></li>
				</xsl:for-each>
			</ul>
		</div>
	</xsl:template>

	<xsl:template match="r:summary">
		<xsl:variable name="outcomes" select="r:outcomes/r:outcome"/>
		<h2>What was not looked at</h2>
		<table>
			<tbody>
				<tr><td class="n"><xsl:value-of select="$outcomes[@name = 'not_reassessed']/@count"/></td><td>findings, open before, were not assessed again: they are not fixed</td></tr>
				<xsl:if test="../r:requires/r:require[@met = 'false']">
					<tr><td class="n"><xsl:value-of select="count(../r:requires/r:require[@met = 'false'])"/></td><td>exports that the change requires are missing</td></tr>
				</xsl:if>
				<xsl:if test="../r:checks/r:check[@after = 'not_assessed']">
					<tr><td class="n"><xsl:value-of select="count(../r:checks/r:check[@after = 'not_assessed'])"/></td><td>checks were not assessed after</td></tr>
				</xsl:if>
				<xsl:if test="r:facts/@not_reassessed &gt; 0">
					<tr><td class="n"><xsl:value-of select="r:facts/@not_reassessed"/></td><td>facts were not exported again</td></tr>
				</xsl:if>
				<tr><td class="n"><xsl:value-of select="$outcomes[@name = 'newly_in_scope']/@count"/></td><td>findings, open after, were not assessed before</td></tr>
				<tr><td class="n"><xsl:value-of select="@without_owner"/></td><td>open findings have no owner</td></tr>
			</tbody>
		</table>
		<h2>Effect on open findings</h2>
		<table>
			<thead><tr><th>severity</th><th class="n">open before</th><th class="n">fixed</th><th class="n">dismissed</th><th class="n">not reassessed</th><th class="n">new, reopened</th><th class="n">newly in scope</th><th class="n">open after</th><th class="n">common scope</th></tr></thead>
			<tbody>
				<xsl:for-each select="r:reduction/r:measure">
					<xsl:variable name="s" select="@severity"/>
					<tr>
						<td><xsl:value-of select="@severity"/></td><td class="n"><xsl:value-of select="@raw_before"/></td>
						<td class="n"><xsl:value-of select="sum($outcomes/r:severity[(@name = $s or $s = 'all') and (../@name = 'fixed' or ../@name = 'fixed_verified')]/@count)"/></td>
						<td class="n"><xsl:value-of select="sum($outcomes/r:severity[(@name = $s or $s = 'all') and (../@name = 'dismissed')]/@count)"/></td>
						<td class="n"><xsl:value-of select="sum($outcomes/r:severity[(@name = $s or $s = 'all') and (../@name = 'not_reassessed')]/@count)"/></td>
						<td class="n"><xsl:value-of select="sum($outcomes/r:severity[(@name = $s or $s = 'all') and (../@name = 'new' or ../@name = 'reopened')]/@count)"/></td>
						<td class="n"><xsl:value-of select="sum($outcomes/r:severity[(@name = $s or $s = 'all') and (../@name = 'newly_in_scope')]/@count)"/></td>
						<td class="n"><xsl:value-of select="@raw_after"/></td><td class="n"><xsl:if test="@percent"><xsl:value-of select="@percent"/> %</xsl:if></td>
					</tr>
				</xsl:for-each>
			</tbody>
		</table>
	</xsl:template>

	<xsl:template match="r:controls">
		<h2>Controls</h2>
		<table>
			<thead><tr><th>framework</th><th class="n">not satisfied</th><th class="n">manual review</th><th class="n">with exceptions</th><th class="n">satisfied</th><th class="n">no evidence</th></tr></thead>
			<tbody>
				<xsl:for-each select="r:framework">
					<xsl:variable name="controls" select="../r:control[@framework = current()/@name]"/>
					<tr>
						<td><xsl:value-of select="@name"/></td>
						<td class="n"><xsl:value-of select="count($controls[@state = 'not_satisfied'])"/></td><td class="n"><xsl:value-of select="count($controls[@state = 'manual_review'])"/></td><td class="n"><xsl:value-of select="count($controls[@state = 'satisfied_with_exceptions'])"/></td><td class="n"><xsl:value-of select="count($controls[@state = 'satisfied'])"/></td><td class="n"><xsl:value-of select="count($controls[@state = 'no_evidence'])"/></td>
					</tr>
				</xsl:for-each>
			</tbody>
		</table>
	</xsl:template>

	<xsl:template match="r:objectives">
		<h2>Objectives</h2>
		<table>
			<thead><tr><th>objective</th><th class="n">before</th><th class="n">after</th><th class="n">target</th><th>state</th></tr></thead>
			<tbody>
				<xsl:for-each select="r:objective">
					<tr><td><xsl:value-of select="@id"/><xsl:text> </xsl:text><xsl:value-of select="@title"/></td><td class="n"><xsl:value-of select="@before"/></td><td class="n"><xsl:value-of select="@after"/></td><td class="n"><xsl:value-of select="@target"/></td><td><xsl:value-of select="translate(@state, '_', ' ')"/></td></tr>
				</xsl:for-each>
			</tbody>
		</table>
	</xsl:template>

	<xsl:template match="r:exceptions">
		<h2>Exceptions</h2>
		<table>
			<thead><tr><th>exception</th><th>state</th><th>owner</th><th>expires</th><th class="n">open after</th></tr></thead>
			<tbody>
				<xsl:for-each select="r:exception">
					<tr><td><xsl:value-of select="@id"/></td><td><xsl:value-of select="translate(@state, '_', ' ')"/></td><td><xsl:value-of select="@owner"/></td><td><xsl:value-of select="@expires"/></td><td class="n"><xsl:value-of select="@matched"/></td></tr>
				</xsl:for-each>
			</tbody>
		</table>
	</xsl:template>
</xsl:stylesheet>
